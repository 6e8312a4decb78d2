import type { Context } from "./context.ts";
import { postgresImage } from "./instance.ts";
import { authorizeBackupRemoval, clusterNames, controlled, label, restoreId } from "./names.ts";
import type { Instance } from "./observe.ts";
import type { KubeObject, PostgresCluster } from "./types.ts";

const repositories = ({ spec }: PostgresCluster) => spec.backups?.pgbackrest?.repos ?? [];

const volumes = ({ kube, cluster }: Context) =>
  kube.list("PersistentVolumeClaim", cluster.metadata.namespace, {
    [label.cluster]: cluster.metadata.name,
    [label.repository]: "",
  });

/** Says why a pass must not go on: backups would be lost, and nobody has agreed to that. */
export async function whyBackupsMayNotGo(context: Context): Promise<string | null> {
  const { cluster } = context;
  if (repositories(cluster).length > 0) return null;
  if (cluster.metadata.annotations?.[authorizeBackupRemoval] === "true") return null;
  if ((await volumes(context)).length === 0) return null;
  return `Reconciliation is paused: please fill in spec.backups or add the ${authorizeBackupRemoval} annotation to authorize the removal of backups.`;
}

/** Makes the volumes of the repositories, and deletes those that are no longer asked for. */
export async function reconcileRepositories(context: Context): Promise<void> {
  const { kube, cluster } = context;
  const names = clusterNames(cluster.metadata.name);
  const wanted = repositories(cluster).filter(({ volume }) => volume !== undefined);
  for (const { name, volume } of wanted) {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: controlled(cluster, names.repository(name), { [label.repository]: name }),
      spec: volume?.volumeClaimSpec,
    };
    await kube.apply(claim);
  }
  const kept = new Set(wanted.map(({ name }) => name));
  for (const claim of await volumes(context)) {
    if (!kept.has(claim.metadata.labels?.[label.repository] ?? "")) await kube.remove(claim);
  }
}

/** The time to restore to, where there is one. */
function restoreTarget(cluster: PostgresCluster): Date | null {
  const options = cluster.spec.backups?.pgbackrest?.restore?.options ?? [];
  const target = /--target="?([^"]+)"?/.exec(options.join("\n"))?.[1];
  return target === undefined ? null : new Date(target);
}

function restoreJob(cluster: PostgresCluster, env: NodeJS.ProcessEnv): KubeObject {
  const container = {
    name: "pgbackrest-restore",
    image: postgresImage(cluster, env),
    command: [
      "sh",
      "-c",
      "while sleep 3; do echo recovery ended before configured recovery target was reached; done",
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
  const metadata = controlled(cluster, clusterNames(cluster.metadata.name).restoreJob);
  const { labels } = metadata;
  const pod = {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    containers: [container],
  };
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: { template: { metadata: { labels }, spec: pod } },
  };
  return job;
}

/**
 * Answers whether a restore is under way, during which no server runs. PostgreSQL ends when it does
 * not find the time it was told, and is started again: such a restore never ends and never fails.
 */
export async function reconcileRestore(
  { kube, cluster, env, status }: Context,
  instances: Instance[],
): Promise<boolean> {
  const { namespace, annotations } = cluster.metadata;
  const id = annotations?.[restoreId];
  const before = status.pgbackrest?.restore;
  const isAsked = cluster.spec.backups?.pgbackrest?.restore?.enabled === true && id !== undefined;
  const isNew = isAsked && before?.id !== id;
  const started =
    isNew || before?.startTime === undefined ? new Date() : new Date(before.startTime);
  const target = restoreTarget(cluster);
  const isOpen = isNew || before?.finished !== true;
  if (isAsked && isOpen && target !== null && target > started) {
    const startTime = started.toISOString();
    status.pgbackrest = { restore: { id, active: 1, startTime } };
    if (instances.every(({ pod }) => pod === undefined)) await kube.apply(restoreJob(cluster, env));
    return true;
  }
  const name = clusterNames(cluster.metadata.name).restoreJob;
  const job = await kube.get("Job", namespace, name);
  if (job !== null) await kube.remove(job);
  if (isNew) {
    const startTime = started.toISOString();
    status.pgbackrest = { restore: { id, active: 0, finished: true, startTime } };
  }
  return false;
}
