import type { Pods } from "./types.ts";
import { withImages } from "./images.ts";

export interface Template {
  metadata?: { labels?: object; annotations?: object };
  spec?: object;
}

/** Leaves out what is empty, so that a setting that is not used changes nothing. */
export function filled<T extends Record<string, unknown>>(fields: T): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) =>
    Array.isArray(value)
      ? value.length > 0
      : typeof value === "object" && value !== null
        ? Object.keys(value).length > 0
        : value !== undefined,
  );
  return Object.fromEntries(entries) as Partial<T>;
}

export const pullSecrets = ({ pullSecrets }: Pods) => pullSecrets.map((name) => ({ name }));

/** Where a pod may run, under the names that a pod's specification has for it. */
export const schedule = ({ nodeSelector, tolerations, priorityClass }: Pods) =>
  filled({ nodeSelector, tolerations, priorityClassName: priorityClass });

/** The same for who knows no node selector. */
export function affinity({ nodeSelector }: Pods) {
  const matchExpressions = Object.entries(nodeSelector).map(([key, value]) => ({
    key,
    operator: "In",
    values: [value],
  }));
  if (matchExpressions.length === 0) return {};
  const nodeSelectorTerms = [{ matchExpressions }];
  return {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    },
  };
}

/** A pod's template with all that the settings say of pods; its own labels and annotations stay. */
export function placed({ metadata, spec, ...rest }: Template, pods: Pods): Template {
  const { labels, annotations } = pods;
  return {
    ...rest,
    metadata: {
      ...metadata,
      ...filled({
        labels: { ...labels, ...metadata?.labels },
        annotations: { ...annotations, ...metadata?.annotations },
      }),
    },
    spec: {
      ...withImages(spec, pods),
      ...schedule(pods),
      ...filled({ imagePullSecrets: pullSecrets(pods) }),
    },
  };
}
