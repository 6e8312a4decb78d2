import type { Context } from "./context.ts";
import { postgresImage } from "./instance.ts";
import { clusterNames, controlled, label, restoreId } from "./names.ts";
import { isLeader, type Instance } from "./observe.ts";
import { dataFolder, walFolder } from "./patroni.ts";
import { configMount, configVolume, stanza } from "./pgbackrest.ts";
import { mount, podSecurity, restricted, scratch } from "./pods.ts";
import type { Job, KubeObject, PostgresCluster, RestoreStatus } from "./types.ts";

/**
 * Restores the files, then replays the log until the server is a primary. A server that ends before is started
 * again for ever, as PGO does: so ends no restore to a time that the archive does not reach. Only one that does not
 * come any further and does not even start is given up.
 */
const script = `
export PGDATA="$1" PGHOST=/tmp
rm -f "$PGDATA/postmaster.pid"
sh -xc "pgbackrest restore $2"
rm -f "$PGDATA/patroni.dynamic.json"
echo 'local all "postgres" peer' >/tmp/pg_hba.conf
control() { LC_ALL=C pg_controldata | sed -n "s/^$1: *//p"; }
recovering=
at=
until [ "$recovering" = f ]; do
  if [ -z "$recovering" ]; then
    cat >/tmp/postgresql.conf <<EOF
archive_mode = on
archive_command = false
hot_standby = on
hba_file = '/tmp/pg_hba.conf'
unix_socket_directories = '/tmp'
max_connections = $(control 'max_connections setting')
max_locks_per_transaction = $(control 'max_locks_per_xact setting')
max_prepared_transactions = $(control 'max_prepared_xacts setting')
max_worker_processes = $(control 'max_worker_processes setting')
max_wal_senders = $(control 'max_wal_senders setting')
EOF
    before=$at
    at=$(control 'Minimum recovery ending location')
    if ! pg_ctl start -s -w -t 31536000 -o "-c config_file=/tmp/postgresql.conf"; then
      if [ "$at" = "$before" ]; then exit 1; fi
      continue
    fi
  fi
  recovering=$(psql -XAtwc 'SELECT pg_is_in_recovery()' 2>/dev/null) || recovering=
  sleep 1
done
pg_ctl stop -s -w
mv "$PGDATA" "\${PGDATA}_bootstrap"
`;

function restoreArguments({ spec }: PostgresCluster): string[] {
  const { options = [], repoName = "repo1" } = spec.backups?.pgbackrest?.restore ?? {};
  const own = [
    `--stanza=${stanza}`,
    `--pg1-path=${dataFolder(spec)}`,
    `--repo=${repoName.slice(4)}`,
    "--delta",
    `--link-map=pg_wal=${walFolder(spec)}`,
  ];
  const promote = options.some((option) => option.startsWith("--target=")) ? ["promote"] : [];
  return [...options, ...own, ...promote.map((action) => `--target-action=${action}`)];
}

function restoreJob(
  cluster: PostgresCluster,
  { id, instance }: { id: string; instance: string },
  env: NodeJS.ProcessEnv,
): KubeObject {
  const labels = { [label.backups]: "", [label.restore]: "" };
  const metadata = controlled(cluster, clusterNames(cluster.metadata.name).restoreJob, labels);
  const spec = restorePod(cluster, instance, env);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, annotations: { ...metadata.annotations, [restoreId]: id } },
    spec: { template: { metadata: { labels: metadata.labels }, spec } },
  };
}

const restorePod = (cluster: PostgresCluster, instance: string, env: NodeJS.ProcessEnv) => ({
  restartPolicy: "Never",
  serviceAccountName: clusterNames(cluster.metadata.name).instanceAccount,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: podSecurity,
  containers: [restoreContainer(cluster, env)],
  volumes: [
    configVolume(cluster, "instance"),
    scratch("tmp"),
    { name: "postgres-data", persistentVolumeClaim: { claimName: `${instance}-pgdata` } },
  ],
});

function restoreContainer(cluster: PostgresCluster, env: NodeJS.ProcessEnv) {
  const given = restoreArguments(cluster).join(" ");
  return {
    name: "pgbackrest-restore",
    image: postgresImage(cluster, env),
    command: ["sh", "-euc", script, "-", dataFolder(cluster.spec), given],
    securityContext: restricted,
    volumeMounts: [
      configMount,
      mount("postgres-data", "/pgdata", false),
      mount("tmp", "/tmp", false),
    ],
  };
}

function statusOf(id: string, { status }: Job): RestoreStatus {
  const { startTime, completionTime, active, succeeded, failed, conditions = [] } = status ?? {};
  const ended = conditions.some(
    ({ type, status: is }) => ["Complete", "Failed"].includes(type) && is === "True",
  );
  const counted = { startTime, completionTime, active, succeeded, failed };
  return { id, ...counted, ...(ended ? { finished: true } : {}) };
}

/** Answers whether a restore is under way, or has failed: no server runs then. */
export async function reconcileRestore(context: Context, instances: Instance[]): Promise<boolean> {
  const { kube, cluster, status } = context;
  const { name, namespace, annotations } = cluster.metadata;
  const id = annotations?.[restoreId];
  if (id === undefined || cluster.spec.backups?.pgbackrest?.restore?.enabled !== true) return false;
  const before = status.pgbackrest?.restore;
  if (before?.id === id && before.finished === true && before.succeeded === 1) return false;
  const job = await kube.get<Job>("Job", namespace, clusterNames(name).restoreJob);
  if (job !== null && job.metadata.annotations?.[restoreId] === id) {
    const restore = statusOf(id, job);
    status.pgbackrest = { ...status.pgbackrest, restore };
    return restore.finished !== true || restore.succeeded !== 1;
  }
  status.pgbackrest = { ...status.pgbackrest, restore: { id } };
  chooseInstance(context, instances);
  if (job !== null) await kube.remove(job);
  else if (instances.every(({ pod }) => pod === undefined)) await begin(context, id);
  return true;
}

/** The files are restored into the primary's volume: most of them are there already. */
function chooseInstance({ status }: Context, instances: Instance[]): void {
  const chosen = instances.find(({ pod }) => isLeader(pod)) ?? instances[0];
  if ((status.startupInstance ?? "") !== "" || chosen === undefined) return;
  status.startupInstance = chosen.name;
  status.startupInstanceSet = chosen.set;
}

/** What Patroni knows and what was written into the database belongs to the data from before. */
async function begin({ kube, cluster, env, status }: Context, id: string): Promise<void> {
  const { name, namespace } = cluster.metadata;
  const own = { [label.cluster]: name, [label.patroni]: clusterNames(name).leader };
  for (const endpoints of await kube.list("Endpoints", namespace, own))
    await kube.remove(endpoints);
  status.patroni = undefined;
  status.proxy = undefined;
  status.monitoring = undefined;
  await kube.apply(restoreJob(cluster, { id, instance: status.startupInstance ?? "" }, env));
}
