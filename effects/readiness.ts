import { definitionGroups } from "../platform/definitions.ts";
import { type PartName, partOf, parts } from "../platform/parts.ts";
import type { Neighbour, Right, Survey } from "./survey.ts";

export interface Conditions {
  context: string;
  storageClasses: string[];
  /** The parts that nobody else may have: all but those that the stack has made, or takes from the cluster. */
  awaited: PartName[];
}

/** Names the first thing in one sentence that would stop the stack half-way; undefined where there is none. */
export function obstacle(survey: Survey, conditions: Conditions): string | undefined {
  return (
    neighbourInTheWay(survey.neighbours, conditions) ??
    missingApi(survey, conditions) ??
    missingClass(survey, conditions) ??
    missingRight(survey.refusedRights, conditions.context)
  );
}

/** Names of webhook configurations that Istio and External Secrets install, wherever they are. */
const webhooks = {
  "istio-system": /^(istio-|istiod-)/,
  "external-secrets": /^(externalsecret-validate|secretstore-validate)$/,
};

function neighbourInTheWay(
  neighbours: Neighbour[],
  { context, awaited }: Conditions,
): string | undefined {
  for (const neighbour of neighbours) {
    const part = partOfNeighbour(neighbour);
    if (part === undefined || !awaited.includes(part)) continue;
    const { name, annotations = {} } = neighbour.metadata;
    const release = annotations["meta.helm.sh/release-name"];
    const owner =
      release === undefined
        ? "of no Helm release"
        : `of Helm release ${annotations["meta.helm.sh/release-namespace"]}/${release}`;
    return (
      `${neighbour.kind} ${name} is in context ${context} already, ${owner}, and this stack would bring ` +
      `${parts[part].product} itself: let it use that one (${part}.mode existing, see docs/which-parts.md), remove that one ` +
      "with its definitions, or use another cluster."
    );
  }
  return undefined;
}

function partOfNeighbour({ kind, metadata: { name } }: Neighbour): PartName | undefined {
  const brings =
    kind === "CustomResourceDefinition"
      ? Object.entries(definitionGroups).find(([, groups]) =>
          groups.some((group) => name.endsWith(`.${group}`)),
        )
      : Object.entries(webhooks).find(([, pattern]) => pattern.test(name));
  return partOf(brings?.[0] ?? "");
}

function missingApi({ missingApis, version }: Survey, { context }: Conditions): string | undefined {
  const [api] = missingApis;
  return (
    api &&
    `The API server of context ${context} (Kubernetes ${version}) does not serve ${api.resource} as ${api.version}: ${api.remedy}.`
  );
}

function missingClass(survey: Survey, { context, storageClasses }: Conditions): string | undefined {
  const { storageClasses: known } = survey;
  const missing = known && storageClasses.find((name) => !known.includes(name));
  if (missing === undefined) return undefined;
  const choice = known?.length ? `it has ${known.join(", ")}` : "it has none";
  return `There is no StorageClass ${missing} in context ${context} (setting cluster.storageClass): ${choice}.`;
}

function missingRight([right]: Right[], context: string): string | undefined {
  if (right === undefined) return undefined;
  const { verb, resource, subresource, name, namespace } = right;
  const object = [resource, subresource].filter((part) => part !== undefined).join("/");
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  return (
    `The account of context ${context} may not ${verb} ${object}${name === undefined ? "" : ` ${name}`}${where}: use another ` +
    "account, or let an administrator apply docs/deployer.yaml (again, if it is of an older version)."
  );
}
