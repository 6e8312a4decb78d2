import { workloads } from "../../../platform/workloads.ts";
import { query } from "../platform.ts";
import {
  bringBack,
  create,
  deployment,
  edit,
  editVariable,
  type Fault,
  inNamespace,
  patch,
  remove,
  up,
} from "./fault.ts";
import { task } from "./task.ts";

const cluster = `${inNamespace("apis/postgres-operator.crunchydata.com/v1beta1", "postgres", "postgresclusters")}/shlink-db`;
const jobs = inNamespace("apis/batch/v1", "postgres", "jobs");
const end = (job: string) => remove(`${job}?propagationPolicy=Background`);

interface Cluster {
  spec: { paused?: boolean; instances: { replicas: number }[] };
}

/** Asks for so many servers of a PGO that pauses, or goes on. */
const ask = (replicas: number, paused: boolean) =>
  edit(cluster, ({ spec }: Cluster) => {
    spec.instances[0]!.replicas = replicas;
    if (paused) spec.paused = true;
    else delete spec.paused;
  });

const nowhere = "no-such-database.postgres.svc";
const tooEarly = "echo 'FATAL:  recovery ended before configured recovery target was reached'";

export const databaseFaults: Fault[] = [
  {
    finding: "postgres-without-primary",
    what: "a PostgresCluster that is shut down",
    inject: patch(cluster, { spec: { shutdown: true } }),
    mend: patch(cluster, { spec: { shutdown: null } }),
  },
  {
    finding: "postgres-replica-missing",
    what: "a second server that a pausing PGO does not make",
    inject: ask(2, true),
    mend: ask(1, false),
  },
  {
    finding: "verifier-stale",
    what: "a password that somebody gave PostgreSQL alone",
    says: /PostgreSQL has another verifier/,
    inject: () => query("alter role shlink password 'of-nobody'"),
    mend: up("--replace", "**RandomPassword::db-password"),
  },
  {
    finding: "database-unreachable",
    what: "a name in Shlink's settings that is no Service's",
    says: /DB_HOST is no-such-database/,
    inject: editVariable(deployment("shlink", "shlink"), "DB_HOST", () => nowhere),
    mend: bringBack,
  },
  {
    finding: "restore-endless",
    what: "a restore whose log says that the archive ends before its target",
    inject: create(jobs, task({ name: "fault-restore", script: `${tooEarly}; sleep 600` })),
    mend: end(`${jobs}/fault-restore`),
  },
  {
    finding: "database-account-failed",
    what: "an account for a database of others that was not made",
    inject: create(
      jobs,
      task({ name: "fault", labels: workloads["database-account"].labels, script: "exit 1" }),
    ),
    mend: end(`${jobs}/fault`),
  },
];
