/** A database that survives a node and a mistake. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const OLDEST = 14;

export const postgresCluster: Policy = {
  name: "postgres-cluster",
  title: "The database is replicated, backed up and private",
  description:
    "PostgresClusters run replicas, keep scheduled backups, stay inside the cluster and use a supported version.",
  severity: "high",
  tags: ["postgres", "availability"],
  checks: {
    D06: check(
      "the instance set has a single replica",
      "With PGO's default of one, a lost node stops every redirect.",
      "Set the stack's database.instances to 2 or more.",
      "mandatory",
      "off",
    ),
    D07: check(
      "the database has no scheduled backup that is kept",
      "A wrong DELETE reaches all replicas at once.",
      "Set the stack's database.backups to a volume with a schedule and a retention.",
      "mandatory",
      "off",
    ),
    D07a: check(
      "the cluster is shut down or its reconciliation is paused",
      "Nobody repairs a paused cluster.",
      "Remove shutdown and paused.",
    ),
    D09: check(
      "the database is reachable from outside the cluster",
      "Only the network policy of the cloud then stands between the Internet and the password.",
      "Use ClusterIP; the program tunnels through the Kubernetes API.",
    ),
    D11: check(
      "the PostgreSQL version is out of support",
      "It gets no security fixes.",
      "Set the stack's database.postgresVersion to a supported one.",
      "advisory",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, group, root, patch } of resource.objects) {
      if (kind !== "PostgresCluster" || group !== "postgres-operator.crunchydata.com") continue;
      const spec = root.get("spec");
      for (const set of spec.get("instances").items()) {
        judge.when("D06", set.get("replicas"), (node) => (node.number() ?? 1) < 2);
      }
      if (!patch) backups(spec.get("backups"), judge);
      for (const key of ["shutdown", "paused"])
        judge.when("D07a", spec.get(key), (node) => node.isTrue());
      judge.when("D09", spec.at("service.type"), outside);
      judge.when("D09", spec.at("proxy.pgBouncer.service.type"), outside);
      judge.when("D11", spec.get("postgresVersion"), (node) => (node.number() ?? OLDEST) < OLDEST);
    }
  },
};

function outside(node: Cursor) {
  return ["LoadBalancer", "NodePort"].includes(node.text());
}

function backups(backups: Cursor, judge: Judge) {
  if (backups.unknown) return judge.undetermined("D07", backups);
  const snapshots = backups.get("snapshots").known;
  const repos = backups.at("pgbackrest.repos").items();
  const scheduled = repos.some((repo) => !repo.at("schedules.full").absent);
  if (!scheduled && !snapshots) judge.report("D07", backups);
  const kept = backups
    .at("pgbackrest.global")
    .entries()
    .some(([key]) => /^repo\d-retention-full$/.test(key));
  if (scheduled && !kept)
    judge.report(
      "D07",
      backups,
      "full backups are made but never expire, until the volume is full",
    );
}
