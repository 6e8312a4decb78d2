import { label } from "../../../../local/substitutes/pgo/names.ts";
import type { Instance } from "../../../../local/substitutes/pgo/observe.ts";
import type { ClusterSpec, Pod, PostgresCluster } from "../../../../local/substitutes/pgo/types.ts";

/** An instance of the set `pg` with its pod. */
export function instance(name: string, role?: string, ready = true): Instance {
  const labels: Record<string, string> = { [label.instance]: name, [label.instanceSet]: "pg" };
  if (role !== undefined) labels[label.role] = role;
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `${name}-0`, namespace: "postgres", labels },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
  return { name, set: "pg", pod };
}

export const clusterOf = (spec: ClusterSpec): PostgresCluster => ({
  apiVersion: "postgres-operator.crunchydata.com/v1beta1",
  kind: "PostgresCluster",
  metadata: { name: "shlink-db", namespace: "postgres", uid: "uid-1" },
  spec,
});
