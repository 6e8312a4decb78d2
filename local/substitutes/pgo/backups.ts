import { isDeepStrictEqual } from "node:util";
import type { Context } from "./context.ts";
import { warn } from "./events.ts";
import { authorizeBackupRemoval, clusterNames, controlled, label } from "./names.ts";
import {
  backupConfig,
  backupJob,
  isUsed,
  repositories,
  repositoryHost,
  repositoryVolume,
  stanza,
} from "./pgbackrest.ts";
import type { Job, KubeObject, Pod, Repository } from "./types.ts";

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

/** Writes pgBackRest's settings, which pods mount: before any of them is made. */
export async function writeBackupConfig(context: Context, instances: string[]): Promise<void> {
  const { kube, cluster, domain } = context;
  if (isUsed(cluster)) await kube.apply(backupConfig(cluster, instances, domain));
}

/** Makes the repositories' volumes and their host, or deletes all that belongs to backups. */
export async function reconcileRepositories(context: Context): Promise<void> {
  const { kube, cluster, env, status } = context;
  const { name, namespace } = cluster.metadata;
  const wanted = repositories(cluster).filter(({ volume }) => volume !== undefined);
  for (const repo of wanted) await kube.apply(repositoryVolume(cluster, repo));
  if (wanted.length > 0) await kube.apply(repositoryHost(cluster, env));
  else await removeBackups(context);
  const kept = new Set(wanted.map((repo) => repo.name));
  for (const claim of await volumes(context)) {
    if (!kept.has(claim.metadata.labels?.[label.repository] ?? "")) await kube.remove(claim);
  }
  if (wanted.length === 0) status.pgbackrest = undefined;
  for (const cron of await kube.list("CronJob", namespace, { [label.cluster]: name })) {
    if (!kept.has(cron.metadata.labels?.[label.repository] ?? "")) await kube.remove(cron);
  }
}

async function removeBackups({ kube, cluster }: Context): Promise<void> {
  const { name, namespace } = cluster.metadata;
  const own = { [label.cluster]: name, [label.backups]: "" };
  for (const kind of ["StatefulSet", "Job"]) await kube.removeAll(kind, namespace, own);
}

/** Makes the stanza on the primary, then the first backup, then the schedules of others; answers whether all is done. */
export async function reconcileBackups(context: Context, primary: Pod | null): Promise<boolean> {
  const { cluster, exec, status } = context;
  const repos = repositories(cluster);
  const [first] = repos;
  if (first === undefined) return true;
  const known = status.pgbackrest?.repos ?? [];
  const found = repos.map(({ name }) => known.find((repo) => repo.name === name) ?? { name });
  status.pgbackrest = { ...status.pgbackrest, repos: found };
  if (found.some(({ stanzaCreated }) => stanzaCreated !== true)) {
    if (primary === null) return false;
    try {
      await exec(primary.metadata, ["pgbackrest", `--stanza=${stanza}`, "stanza-create"]);
    } catch (error) {
      // A server that is not rolled out yet has no settings of pgBackRest.
      await warn(context, "UnableToCreateStanzas", (error as Error).message);
      return false;
    }
    status.pgbackrest.repos = found.map((repo) => ({ ...repo, stanzaCreated: true }));
  }
  if (!(await firstBackupDone(context, first))) return false;
  await applySchedules(context, repos);
  return true;
}

async function firstBackupDone(context: Context, repo: Repository): Promise<boolean> {
  const { kube, cluster, env, status } = context;
  const known = status.pgbackrest?.repos ?? [];
  const own = known.find(({ name }) => name === repo.name);
  if (own?.replicaCreateBackupComplete === true) return true;
  const name = clusterNames(cluster.metadata.name).firstBackup;
  const labels = {
    [label.backups]: "",
    [label.repository]: repo.name,
    [label.backup]: "replica-create",
  };
  const metadata = controlled(cluster, name, labels);
  const existing = await kube.get<Job>("Job", metadata.namespace, name);
  const isTrue = (kind: string) =>
    existing?.status?.conditions?.some(({ type, status: is }) => type === kind && is === "True");
  if (existing !== null && isTrue("Failed") === true) {
    await kube.remove(existing);
    return false;
  }
  if (existing === null) {
    const spec = backupJob(cluster, { repo, labels: metadata.labels ?? {}, options: [] }, env);
    await kube.apply({ apiVersion: "batch/v1", kind: "Job", metadata, spec });
  }
  if (isTrue("Complete") !== true) return false;
  const done = { ...(own ?? { name: repo.name }), replicaCreateBackupComplete: true };
  const repos = known.map((one) => (one.name === repo.name ? done : one));
  status.pgbackrest = { ...status.pgbackrest, repos };
  return true;
}

const kinds = { full: "full", differential: "diff", incremental: "incr" } as const;

async function applySchedules(context: Context, repos: Repository[]): Promise<void> {
  const { kube, cluster } = context;
  const names = clusterNames(cluster.metadata.name);
  for (const repo of repos) {
    for (const [schedule, kind] of Object.entries(kinds)) {
      const when = repo.schedules?.[schedule as keyof typeof kinds];
      const name = names.schedule(repo.name, kind);
      if (when !== undefined) await applySchedule(context, repo, { name, kind, when });
      else {
        const left = await kube.get("CronJob", cluster.metadata.namespace, name);
        if (left !== null) await kube.remove(left);
      }
    }
  }
}

async function applySchedule(
  { kube, cluster, env }: Context,
  repo: Repository,
  { name, kind, when }: { name: string; kind: string; when: string },
): Promise<void> {
  const own = { [label.backups]: "", [label.repository]: repo.name, [label.schedule]: kind };
  const metadata = controlled(cluster, name, own);
  const labels = metadata.labels ?? {};
  const cron = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata,
    spec: {
      schedule: when,
      suspend: cluster.spec.shutdown === true,
      concurrencyPolicy: "Forbid",
      jobTemplate: {
        metadata: { labels },
        spec: backupJob(cluster, { repo, labels, options: [`--type=${kind}`] }, env),
      },
    },
  };
  const existing = await kube.get<typeof cron & KubeObject>("CronJob", metadata.namespace, name);
  if (existing === null || !isDeepStrictEqual(existing.spec, cron.spec)) await kube.apply(cron);
}
