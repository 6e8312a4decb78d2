import type { Context } from "./context.ts";
import {
  dataVolumeClaim,
  disruptionBudget,
  instanceStatefulSet,
  type InstancePlan,
} from "./instance.ts";
import { clusterNames, label, randomSuffix } from "./names.ts";
import {
  isLeader,
  isReady,
  isTerminating,
  matchesTemplate,
  observeInstances,
  type Instance,
} from "./observe.ts";
import type { InstanceSet, KubeObject, Pod, PostgresCluster, StatefulSet } from "./types.ts";

/** A server that there shall be; without a claim it gets a new volume. */
export interface Plan {
  set: InstanceSet;
  name: string;
  claim: string | undefined;
}

export async function observe({ kube, cluster }: Context): Promise<Instance[]> {
  const { name, namespace } = cluster.metadata;
  const labels = { [label.cluster]: name, [label.instance]: "" };
  const [runners, pods] = await Promise.all([
    kube.list<StatefulSet>("StatefulSet", namespace, labels),
    kube.list<Pod>("Pod", namespace, labels),
  ]);
  return observeInstances(runners, pods);
}

/** Names come from existing instances first, then from volumes that lost theirs, then from chance. */
export function instanceNames(
  cluster: string,
  set: InstanceSet,
  existing: string[],
  volumes: string[],
): string[] {
  const names = [...existing];
  const orphans = volumes.filter((name) => !existing.includes(name));
  while (names.length < (set.replicas ?? 1)) {
    const next = orphans.shift() ?? clusterNames(cluster).instance(set.name, randomSuffix());
    if (!names.includes(next)) names.push(next);
  }
  return names;
}

/** The primary starts first and stops last; `startupInstance` remembers which one it was. */
export function shouldRun(
  cluster: PostgresCluster,
  startupInstance: string | undefined,
  instance: string,
  podCount: number,
): boolean {
  if (startupInstance === undefined || startupInstance === "") return true;
  if (startupInstance !== instance) return false;
  return !(cluster.spec.shutdown === true && podCount <= 1);
}

/** Remembers the primary of a cluster that stops; a restore has chosen already. */
function rememberPrimary({ cluster, status }: Context, instances: Instance[]): void {
  const primary = instances.find(({ pod }) => isLeader(pod));
  if (primary === undefined) return;
  const stopping = cluster.spec.shutdown === true;
  status.startupInstance = stopping ? primary.name : undefined;
  status.startupInstanceSet = stopping ? primary.set : undefined;
}

/** Names the servers that there shall be, each with its volume. */
export async function planInstances(
  { kube, cluster }: Context,
  instances: Instance[],
): Promise<Plan[]> {
  const { name, namespace } = cluster.metadata;
  const claims = await kube.list("PersistentVolumeClaim", namespace, {
    [label.cluster]: name,
    [label.role]: "pgdata",
  });
  const instanceOf = (claim: KubeObject) => claim.metadata.labels?.[label.instance] ?? "";
  const existing = instances.filter(({ runner }) => runner !== undefined);
  return cluster.spec.instances.flatMap((set) => {
    const own = claims.filter(
      ({ metadata }) =>
        metadata.labels?.[label.instanceSet] === set.name &&
        metadata.deletionTimestamp === undefined,
    );
    const names = instanceNames(
      name,
      set,
      existing.filter((instance) => instance.set === set.name).map((instance) => instance.name),
      own.map(instanceOf).filter((claim) => !existing.some((instance) => instance.name === claim)),
    );
    return names.map((instance) => ({
      set,
      name: instance,
      claim: own.find((claim) => instanceOf(claim) === instance)?.metadata.name,
    }));
  });
}

async function applyPlan(
  { kube, cluster, env, status }: Context,
  { set, name, claim: existing }: Plan,
  { podCount, mayRun }: { podCount: number; mayRun: boolean },
): Promise<void> {
  const claim = await kube.apply(dataVolumeClaim(cluster, set, name, existing));
  const running = mayRun && shouldRun(cluster, status.startupInstance, name, podCount);
  const plan: InstancePlan = { set, name, claim: claim.metadata.name, running };
  await kube.apply(instanceStatefulSet(cluster, plan, env));
}

async function applyBudget({ kube, cluster }: Context, set: InstanceSet): Promise<void> {
  const budget = disruptionBudget(cluster, set);
  if (budget !== null) {
    await kube.apply(budget);
    return;
  }
  const name = clusterNames(cluster.metadata.name).instanceSet(set.name);
  const found = await kube.get("PodDisruptionBudget", cluster.metadata.namespace, name);
  if (found !== null) await kube.remove(found);
}

/** Instances to delete: the primary stays as long as its set wants anything at all. */
export function surplus(cluster: PostgresCluster, instances: Instance[]) {
  const keep = new Set<string>();
  for (const set of cluster.spec.instances) {
    const wanted = set.replicas ?? 1;
    const own = instances.filter((instance) => instance.set === set.name && instance.pod);
    const ordered = [
      ...own.filter(({ pod }) => isLeader(pod)),
      ...own.filter(({ pod }) => !isLeader(pod)),
    ];
    for (const { name } of ordered.slice(0, wanted)) keep.add(name);
  }
  return instances.filter(({ name, pod }) => pod !== undefined && !keep.has(name));
}

async function deleteInstance({ kube, cluster }: Context, instance: Instance): Promise<void> {
  const { name, namespace } = cluster.metadata;
  const labels = { [label.cluster]: name, [label.instance]: instance.name };
  await kube.removeAll("StatefulSet", namespace, labels);
  await kube.removeAll("PersistentVolumeClaim", namespace, labels);
}

/** Pods whose template changed are replaced one at a time, the primary last. */
function nextToReplace(cluster: PostgresCluster, instances: Instance[]): Instance | undefined {
  const alive = instances.filter(({ pod }) => pod !== undefined && !isTerminating(pod));
  const wanted = cluster.spec.instances.reduce((sum, set) => sum + (set.replicas ?? 1), 0);
  const outdated = alive
    .filter((instance) => instance.runner?.status !== undefined && !matchesTemplate(instance))
    .filter(({ runner }) => runner?.status?.observedGeneration === runner?.metadata.generation)
    .toSorted((a, b) => Number(isLeader(a.pod)) - Number(isLeader(b.pod)));
  const broken = outdated.find(({ pod }) => !isReady(pod));
  const everyoneServes = alive.filter(({ pod }) => isReady(pod)).length >= wanted;
  return broken ?? (everyoneServes ? outdated[0] : undefined);
}

export async function reconcileInstances(
  context: Context,
  instances: Instance[],
  { plans, mayRun }: { plans: Plan[]; mayRun: boolean },
): Promise<void> {
  const { kube, cluster } = context;
  if (mayRun) rememberPrimary(context, instances);
  const podCount = instances.filter(({ pod }) => pod !== undefined).length;
  for (const plan of plans) await applyPlan(context, plan, { podCount, mayRun });
  for (const set of cluster.spec.instances) await applyBudget(context, set);
  for (const instance of surplus(cluster, instances)) await deleteInstance(context, instance);
  const outdated = nextToReplace(cluster, instances);
  if (outdated?.pod !== undefined) {
    await context.exec(outdated.pod.metadata, ["psql", "-Xwc", "CHECKPOINT"]).catch(() => "");
    await kube.remove({ ...outdated.pod, kind: "Pod" });
  }
}
