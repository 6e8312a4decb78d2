import { postgresCluster } from "../../../policy/rules/postgres-cluster.ts";
import { POSTGRES } from "../support/fixtures/databases.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(postgresCluster, { cluster: POSTGRES })
  .good("a patch of something else", "cluster", {
    "@type": "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresClusterPatch",
    spec: {},
  })
  .good("another API", "cluster", {
    "@type": "kubernetes:example.com/v1:PostgresCluster",
    spec: {},
  })
  .good("snapshots", "cluster", { "spec backups": { snapshots: { volumeSnapshotClassName: "a" } } })
  .good("a Service inside the cluster", "cluster", { "spec service": { type: "ClusterIP" } })
  .bad(
    "one replica",
    "cluster",
    { "spec instances 0 replicas": 1 },
    'D06 PostgresCluster "postgres/shlink-db", spec.instances[0].replicas: the instance set has a single replica.',
  )
  .bad(
    "PGO's number of replicas",
    "cluster",
    { "spec instances 0 replicas": undefined },
    'D06 PostgresCluster "postgres/shlink-db", spec.instances[0].replicas: the instance set has a single replica.',
  )
  .bad(
    "no backups",
    "cluster",
    { "spec backups": undefined },
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: the database has no scheduled backup that is kept.',
  )
  .bad(
    "no schedule",
    "cluster",
    { "spec backups pgbackrest repos": [{ name: "repo1" }] },
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: the database has no scheduled backup that is kept.',
  )
  .bad(
    "no retention",
    "cluster",
    { "spec backups pgbackrest global": {} },
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: full backups are made but never expire, until the volume is full.',
  )
  .bad(
    "a stopped cluster",
    "cluster",
    { "spec shutdown": true },
    'D07a PostgresCluster "postgres/shlink-db", spec.shutdown: the cluster is shut down or its reconciliation is paused.',
  )
  .bad(
    "a paused cluster",
    "cluster",
    { "spec paused": true },
    'D07a PostgresCluster "postgres/shlink-db", spec.paused: the cluster is shut down or its reconciliation is paused.',
  )
  .bad(
    "a public Service",
    "cluster",
    { "spec service": { type: "LoadBalancer" } },
    'D09 PostgresCluster "postgres/shlink-db", spec.service.type: the database is reachable from outside the cluster.',
  )
  .bad(
    "a public pooler",
    "cluster",
    { "spec proxy": { pgBouncer: { service: { type: "NodePort" } } } },
    'D09 PostgresCluster "postgres/shlink-db", spec.proxy.pgBouncer.service.type: the database is reachable from outside the cluster.',
  )
  .bad(
    "an old version",
    "cluster",
    { "spec postgresVersion": 13 },
    'D11 PostgresCluster "postgres/shlink-db", spec.postgresVersion: the PostgreSQL version is out of support.',
  )
  .unknown(
    "replicas that are an output",
    "cluster",
    { "spec instances 0 replicas": UNKNOWN },
    "spec.instances[0].replicas",
  )
  .unknown("backups that are an output", "cluster", { "spec backups": UNKNOWN }, "spec.backups");
