import { label } from "./names.ts";
import type { InstanceStatus, Pod, PostgresCluster, StatefulSet } from "./types.ts";

/** One PostgreSQL instance: its StatefulSet and the pod it should have. */
export interface Instance {
  name: string;
  set: string;
  runner?: StatefulSet;
  pod?: Pod;
}

export function observeInstances(runners: StatefulSet[], pods: Pod[]): Instance[] {
  const byName = new Map<string, Instance>();
  for (const runner of runners) {
    const { name, labels } = runner.metadata;
    byName.set(name, { name, set: labels?.[label.instanceSet] ?? "", runner });
  }
  for (const pod of pods) {
    const name = pod.metadata.labels?.[label.instance] ?? "";
    const set = pod.metadata.labels?.[label.instanceSet] ?? "";
    byName.set(name, { ...(byName.get(name) ?? { name, set }), pod });
  }
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export const isLeader = (pod: Pod | undefined) => pod?.metadata.labels?.[label.role] === "master";

export const isTerminating = (pod: Pod | undefined) =>
  pod?.metadata.deletionTimestamp !== undefined;

/** The pod that takes writes, as Patroni says. */
export const primaryPod = (instances: Instance[]): Pod | null =>
  instances.find(({ pod }) => isLeader(pod) && isReady(pod) && !isTerminating(pod))?.pod ?? null;

export function isReady(pod: Pod | undefined): boolean {
  const ready = pod?.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True";
}

export function matchesTemplate({ runner, pod }: Instance): boolean {
  if (runner?.status?.observedGeneration !== runner?.metadata.generation) return false;
  const revision = pod?.metadata.labels?.["controller-revision-hash"];
  return revision !== undefined && revision === runner?.status?.updateRevision;
}

/** Lists the sets, also those that are gone from the spec while their pods are not. */
export function instanceStatuses(
  cluster: PostgresCluster,
  instances: Instance[],
): InstanceStatus[] {
  const sets = new Set([
    ...cluster.spec.instances.map(({ name }) => name),
    ...instances.map(({ set }) => set),
  ]);
  return [...sets].toSorted().map((name) => {
    const own = instances.filter(({ set }) => set === name);
    const replicas = own.filter(({ pod }) => pod !== undefined).length;
    const readyReplicas = own.filter(({ pod }) => isReady(pod)).length;
    const updatedReplicas = own.filter(matchesTemplate).length;
    return {
      name,
      ...(replicas > 0 ? { replicas } : {}),
      ...(readyReplicas > 0 ? { readyReplicas } : {}),
      ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
    };
  });
}
