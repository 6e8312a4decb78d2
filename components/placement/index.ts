import type * as pulumi from "@pulumi/pulumi";
import type { RedisOperator } from "../../platform/charts.ts";
import { isPlain, withImages } from "./images.ts";
import { releaseValues } from "./releases.ts";
import { placedInputs } from "./resources.ts";
import type { Pods } from "./types.ts";

/**
 * Puts into every pod, as it is registered, what the settings say of pods: the program's own pods, those of charts by
 * their values, those of operators by their resources. A chart that nobody has thought of here is refused.
 */
export function placing(
  pods: Pods,
  operator: RedisOperator = "spotahome",
): pulumi.ResourceTransformation {
  if (!isUsed(pods)) return () => undefined;
  return ({ type, name, props, opts }) => {
    if (type === "kubernetes:helm.sh/v3:Release")
      return { props: placedRelease(name, props, pods, operator), opts };
    const placed = placedInputs(type, props, pods);
    return placed === undefined ? undefined : { props: placed, opts };
  };
}

const isUsed = (pods: Pods) =>
  Object.values(pods).some((value) =>
    typeof value === "object" ? Object.keys(value).length > 0 : value !== undefined,
  );

interface Release {
  values?: Record<string, unknown>;
}

function placedRelease(
  name: string,
  release: Release,
  pods: Pods,
  operator: RedisOperator,
): Release {
  const valuesOf = releaseValues[name];
  if (valuesOf === undefined)
    throw new Error(`Nobody knows where the chart of release ${name} takes the settings of pods.`);
  const values = merged(withImages(release.values ?? {}, pods), valuesOf(pods, operator));
  return { ...release, values };
}

/** What the component says stays beside what is added; lists are whole. */
function merged(own: Record<string, unknown>, added: Record<string, unknown>) {
  const result: Record<string, unknown> = { ...own, ...added };
  for (const [key, value] of Object.entries(own)) {
    const more = added[key];
    if (isPlain(value) && isPlain(more)) result[key] = merged(value, more);
  }
  return result;
}
