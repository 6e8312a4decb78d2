import { postgresCluster } from "../../../policy/rules/postgres-cluster.ts";
import { POSTGRES } from "../support/fixtures/databases.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(postgresCluster, { cluster: POSTGRES })
  .good("cluster", {
    "a patch of something else": {
      "@type": "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresClusterPatch",
      spec: {},
    },
    "another API": { "@type": "kubernetes:example.com/v1:PostgresCluster", spec: {} },
    snapshots: { "spec backups": { snapshots: { volumeSnapshotClassName: "a" } } },
    "a Service inside the cluster": { "spec service": { type: "ClusterIP" } },
  })
  .bad(
    "cluster",
    'D06 PostgresCluster "postgres/shlink-db", spec.instances[0].replicas: the instance set has a single replica.',
    {
      "one replica": { "spec instances 0 replicas": 1 },
      "PGO's number of replicas": { "spec instances 0 replicas": undefined },
    },
  )
  .bad(
    "cluster",
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: the database has no scheduled backup that is kept.',
    {
      "no backups": { "spec backups": undefined },
      "no schedule": { "spec backups pgbackrest repos": [{ name: "repo1" }] },
    },
  )
  .bad(
    "cluster",
    'D07 PostgresCluster "postgres/shlink-db", spec.backups: full backups are made but never expire, until the volume is full.',
    { "no retention": { "spec backups pgbackrest global": {} } },
  )
  .bad(
    "cluster",
    'D07a PostgresCluster "postgres/shlink-db", spec.shutdown: the cluster is shut down or its reconciliation is paused.',
    { "a stopped cluster": { "spec shutdown": true } },
  )
  .bad(
    "cluster",
    'D07a PostgresCluster "postgres/shlink-db", spec.paused: the cluster is shut down or its reconciliation is paused.',
    { "a paused cluster": { "spec paused": true } },
  )
  .bad(
    "cluster",
    'D09 PostgresCluster "postgres/shlink-db", spec.service.type: the database is reachable from outside the cluster.',
    { "a public Service": { "spec service": { type: "LoadBalancer" } } },
  )
  .bad(
    "cluster",
    'D09 PostgresCluster "postgres/shlink-db", spec.proxy.pgBouncer.service.type: the database is reachable from outside the cluster.',
    { "a public pooler": { "spec proxy": { pgBouncer: { service: { type: "NodePort" } } } } },
  )
  .bad(
    "cluster",
    'D11 PostgresCluster "postgres/shlink-db", spec.postgresVersion: the PostgreSQL version is out of support.',
    { "an old version": { "spec postgresVersion": 13 } },
  )
  .unknown("cluster", "spec.instances[0].replicas", {
    "replicas that are an output": { "spec instances 0 replicas": UNKNOWN },
  })
  .unknown("cluster", "spec.backups", {
    "backups that are an output": { "spec backups": UNKNOWN },
  });
