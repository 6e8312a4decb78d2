import { isDeepStrictEqual } from "node:util";
import { accounts } from "./accounts.ts";
import {
  reconcileBackups,
  reconcileRepositories,
  whyBackupsMayNotGo,
  writeBackupConfig,
} from "./backups.ts";
import { reconcileCertificates } from "./certificate-secrets.ts";
import type { Context } from "./context.ts";
import { reconcileDatabases, reconcileInitSql, reconcileUsers } from "./databases.ts";
import { reconcileDeletion } from "./deletion.ts";
import { warn } from "./events.ts";
import { reconcileExporter, writeExporterConfig } from "./exporter.ts";
import { missingImages, patroniConfigs } from "./instance.ts";
import { observe, planInstances, reconcileInstances } from "./instances.ts";
import { clusterNames } from "./names.ts";
import { instanceStatuses, isReady, primaryPod, type Instance } from "./observe.ts";
import { reconcilePatroni } from "./patroni-state.ts";
import { isUsed } from "./pgbackrest.ts";
import { reconcilePool } from "./pool.ts";
import { reconcileRestore } from "./restore.ts";
import { leaderService, otherServices, primaryService } from "./services.ts";
import type { ClusterStatus, Condition, PostgresCluster } from "./types.ts";

export type Dependencies = Omit<Context, "cluster" | "status">;

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

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What Kubernetes' merge patch needs to make `after` of `before`: what goes is null. */
function mergePatch(before: Json, after: Json): Json {
  const patch: Json = {};
  for (const key of Object.keys(before)) if (after[key] === undefined) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    patch[key] = isObject(old) && isObject(value) ? mergePatch(old, value) : value;
  }
  return patch;
}

async function patchStatus({ kube, cluster, status }: Context): Promise<void> {
  const before = (cluster.status ?? {}) as Json;
  const after = JSON.parse(JSON.stringify(status)) as Json;
  if (isDeepStrictEqual(after, before)) return;
  const patch = { status: mergePatch(before, after) };
  await kube.merge(cluster.kind, cluster.metadata, patch, "/status");
}

/** Writes all that pods mount, before there are any: a pod that misses a file tries again late. */
async function writeConfigs(context: Context, instances: string[]): Promise<void> {
  const { kube, cluster } = context;
  const { repositoryHost } = clusterNames(cluster.metadata.name);
  const pods = isUsed(cluster) ? [...instances, repositoryHost] : instances;
  // A binding is refused before its role is there.
  for (const object of accounts(cluster)) await kube.apply(object);
  await Promise.all([
    reconcileCertificates(context, pods),
    reconcileServices(context),
    writeBackupConfig(context, instances),
    writeExporterConfig(context),
    ...patroniConfigs(cluster, instances).map((config) => kube.apply(config)),
  ]);
}

async function reconcileEverything(context: Context): Promise<boolean> {
  const { cluster, status } = context;
  const seen = await observe(context);
  status.instances = instanceStatuses(cluster, seen);
  const plans = await planInstances(context, seen);
  await writeConfigs(
    context,
    plans.map(({ name }) => name),
  );
  await reconcileRepositories(context);
  const restoring = await reconcileRestore(context, seen);
  await reconcileInstances(context, seen, { plans, mayRun: !restoring });
  const primary = restoring ? null : primaryPod(seen);
  await reconcilePatroni(context);
  await reconcileDatabases(context, primary);
  await reconcileUsers(context, primary);
  await reconcileInitSql(context, primary);
  await reconcileExporter(context, primary);
  await reconcilePool(context, primary);
  const backedUp = await reconcileBackups(context, primary);
  return backedUp && settled(cluster, seen);
}

function settled(cluster: PostgresCluster, instances: Instance[]): boolean {
  if (cluster.spec.shutdown === true) return instances.every(({ pod }) => pod === undefined);
  return instances.length > 0 && instances.every(({ pod }) => isReady(pod));
}

/** Makes one pass over one cluster; answers whether anything is still expected to change by itself. */
export async function reconcile(
  dependencies: Dependencies,
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
    return { settled: await reconcileEverything(context) };
  } finally {
    status.observedGeneration = cluster.metadata.generation;
    await patchStatus(context);
  }
}
