import { label } from "./names.ts";
import type { Labels, PostgresCluster } from "./types.ts";

/** The security context of every container. */
export const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

/** The group of the image's user owns the volumes. */
export const podSecurity = { fsGroup: 26, fsGroupChangePolicy: "OnRootMismatch" };

/** Some keys of a ConfigMap or a Secret as files: path -> key. */
export function files(kind: "configMap" | "secret", name: string, paths: Labels) {
  const items = Object.entries(paths).map(([path, key]) => ({ key, path }));
  return { [kind]: { name, items } };
}

export interface Volume {
  name: string;
  [source: string]: unknown;
}

/** A volume whose files nobody but their owner and its group may read: what holds a key must. */
export const projected = (name: string, sources: object[]): Volume => ({
  name,
  projected: { defaultMode: 0o600, sources },
});

export const scratch = (name: string, source: object = { sizeLimit: "16Mi" }): Volume => ({
  name,
  emptyDir: source,
});

export const mount = (name: string, mountPath: string, readOnly = true) =>
  readOnly ? { name, mountPath, readOnly } : { name, mountPath };

/** Keeps servers and repositories apart from each other, as far as there are nodes and zones. */
export function spread(cluster: PostgresCluster, given: unknown[] = []): unknown[] {
  const labelSelector = {
    matchLabels: { [label.cluster]: cluster.metadata.name },
    matchExpressions: [{ key: label.data, operator: "In", values: ["postgres", "pgbackrest"] }],
  };
  const automatic = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((key) => ({
    topologyKey: key,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector,
    maxSkew: 1,
  }));
  return cluster.spec.disableDefaultPodScheduling === true ? given : [...given, ...automatic];
}
