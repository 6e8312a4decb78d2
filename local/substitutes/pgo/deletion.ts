import type { Context } from "./context.ts";
import { clusterNames, finalizer, label } from "./names.ts";
import { isLeader } from "./observe.ts";
import type { Pod } from "./types.ts";

async function setFinalizers({ kube, cluster }: Context, finalizers: string[]): Promise<void> {
  const { resourceVersion } = cluster.metadata;
  await kube.merge(cluster.kind, cluster.metadata, { metadata: { finalizers, resourceVersion } });
}

/** Stops replicas before the primary, so that nothing fails over on the way out. */
async function stopInstances({ kube, cluster }: Context): Promise<boolean> {
  const { name, namespace } = cluster.metadata;
  const labels = { [label.cluster]: name, [label.instance]: "" };
  const pods = await kube.list<Pod>("Pod", namespace, labels);
  if (pods.length === 0) return true;
  const stop = pods.length === 1 ? pods : pods.filter((pod) => !isLeader(pod));
  for (const pod of stop) {
    const runner = pod.metadata.labels?.[label.instance] ?? "";
    await kube
      .merge("StatefulSet", { namespace, name: runner }, { spec: { replicas: 0 } })
      .catch(() => null);
  }
  return false;
}

export type Deletion = "not deleting" | "waiting" | "done";

/** What is left after the finalizer belongs to the garbage collector. */
export async function reconcileDeletion(context: Context): Promise<Deletion> {
  const { kube, cluster } = context;
  const { deletionTimestamp, finalizers = [], name, namespace } = cluster.metadata;
  const hasOurs = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) {
    if (!hasOurs) await setFinalizers(context, [...finalizers, finalizer]);
    return "not deleting";
  }
  if (!hasOurs) return "done";
  if (!(await stopInstances(context))) return "waiting";
  const leader = clusterNames(name).leader;
  await kube.removeAll("Endpoints", namespace, {
    [label.cluster]: name,
    [label.patroni]: leader,
  });
  await setFinalizers(
    context,
    finalizers.filter((other) => other !== finalizer),
  );
  return "done";
}
