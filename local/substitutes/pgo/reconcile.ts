import { isDeepStrictEqual } from "node:util";
import { reconcileCertificates } from "./certificate-secrets.ts";
import type { Context } from "./context.ts";
import { reconcileDatabases, reconcileInitSql, reconcileUsers } from "./databases.ts";
import { reconcileRepositories, reconcileRestore, whyBackupsMayNotGo } from "./backups.ts";
import { reconcileDeletion } from "./deletion.ts";
import { warn } from "./events.ts";
import { clusterConfig, instanceAccount, missingImages } from "./instance.ts";
import { observe, reconcileInstances } from "./instances.ts";
import { instanceStatuses, isReady, type Instance } from "./observe.ts";
import type { Patroni } from "./patroni.ts";
import { leaderService, otherServices, primaryService } from "./services.ts";
import type { ClusterStatus, Condition, PostgresCluster } from "./types.ts";

export type Dependencies = Omit<Context, "cluster" | "status"> & { patroni: Patroni };

async function reconcileServices({ kube, cluster }: Context): Promise<void> {
  const leader = await kube.apply(leaderService(cluster));
  const [primary, endpoints] = primaryService(cluster, leader.spec.clusterIP ?? "");
  await kube.apply(primary);
  await kube.apply(endpoints);
  for (const service of otherServices(cluster)) await kube.apply(service);
}

const pausedMessage = "No spec changes will be applied and no other statuses will be updated.";

function pausedCondition(cluster: PostgresCluster, message: string): Condition {
  const previous = cluster.status?.conditions?.find(({ type }) => type === "Progressing");
  return {
    type: "Progressing",
    status: "False",
    reason: "Paused",
    message,
    observedGeneration: cluster.metadata.generation,
    lastTransitionTime: previous?.lastTransitionTime ?? new Date().toISOString(),
  };
}

async function patchStatus({ kube, cluster, status }: Context): Promise<void> {
  const before: ClusterStatus = cluster.status ?? {};
  // Kubernetes' merge patch removes a key that is null; JSON would drop an undefined one.
  const removed = Object.keys(before).filter((key) => status[key as keyof ClusterStatus] == null);
  const patch = { ...status, ...Object.fromEntries(removed.map((key) => [key, null])) };
  if (isDeepStrictEqual(JSON.parse(JSON.stringify(status)), before)) return;
  await kube.merge(cluster.kind, cluster.metadata, { status: patch }, "/status");
}

async function reconcileEverything(context: Context, patroni: Patroni): Promise<boolean> {
  const { kube, cluster, status } = context;
  const seen = await observe(context);
  status.instances = instanceStatuses(cluster, seen);
  await Promise.all([
    reconcileCertificates(context),
    reconcileServices(context),
    kube.apply(clusterConfig(cluster)),
    kube.apply(instanceAccount(cluster)),
  ]);
  await reconcileRepositories(context);
  const restoring = await reconcileRestore(context, seen);
  await reconcileInstances(context, seen, !restoring);
  if (restoring) return true;
  const primary = await patroni.reconcile(context, seen);
  await reconcileDatabases(context, primary);
  await reconcileUsers(context, primary);
  await reconcileInitSql(context, primary);
  return settled(cluster, seen);
}

function settled(cluster: PostgresCluster, instances: Instance[]): boolean {
  if (cluster.spec.shutdown === true) return instances.every(({ pod }) => pod === undefined);
  return instances.length > 0 && instances.every(({ pod }) => isReady(pod));
}

/** Makes one pass over one cluster; answers whether anything is still expected to change by itself. */
export async function reconcile(
  { patroni, ...dependencies }: Dependencies,
  cluster: PostgresCluster,
): Promise<{ settled: boolean }> {
  const { conditions = [], ...rest } = cluster.status ?? {};
  const others = conditions.filter(({ type }) => type !== "Progressing");
  const status: ClusterStatus = { ...rest, ...(others.length > 0 ? { conditions: others } : {}) };
  const context: Context = { ...dependencies, cluster, status };
  if ((await reconcileDeletion(context)) !== "not deleting") return { settled: true };
  const missing = missingImages(cluster, context.env);
  if (missing.length > 0) {
    const message = `missing image(s): [${missing.join(" ")}]`;
    await warn(context, "MissingRequiredImage", message);
    if (cluster.spec.shutdown !== true) throw new Error(message);
  }
  const reason = cluster.spec.paused === true ? pausedMessage : await whyBackupsMayNotGo(context);
  if (reason !== null) {
    status.conditions = [...others, pausedCondition(cluster, reason)];
    await patchStatus(context);
    return { settled: true };
  }
  try {
    return { settled: await reconcileEverything(context, patroni) };
  } finally {
    status.observedGeneration = cluster.metadata.generation;
    await patchStatus(context);
  }
}
