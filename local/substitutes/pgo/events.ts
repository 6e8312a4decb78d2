import type { Context } from "./context.ts";
import { apiVersion } from "./names.ts";

/** Reports a trouble as an event of the cluster. */
export async function warn(
  { kube, cluster }: Context,
  reason: string,
  message: string,
): Promise<void> {
  const { name, namespace, uid } = cluster.metadata;
  const now = new Date().toISOString();
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${Date.now().toString(16)}`, namespace },
    involvedObject: { apiVersion, kind: cluster.kind, name, namespace, uid },
    type: "Warning",
    reason,
    message,
    source: { component: "postgrescluster-controller" },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await kube.create(event);
}
