import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { finalizer } from "../../../../local/substitutes/pgo/names.ts";
import type { Endpoints } from "../../../../local/substitutes/pgo/types.ts";
import { FakeCluster } from "./fake-cluster.ts";

describe("pgo reconciliation", () => {
  let fake: FakeCluster;

  beforeEach(() => void (fake = new FakeCluster()));

  it("makes everything PGO makes, under PGO's names", async () => {
    fake.create();
    await fake.pass();
    const [instance = ""] = fake.kube.names("StatefulSet");
    assert.match(instance, /^shlink-db-pg-[a-z0-9]{4}$/);
    assert.deepEqual(fake.kube.names("PersistentVolumeClaim"), [`${instance}-pgdata`]);
    assert.deepEqual(fake.kube.names("Service"), [
      "shlink-db-ha",
      "shlink-db-ha-config",
      "shlink-db-pods",
      "shlink-db-primary",
      "shlink-db-replicas",
    ]);
    assert.deepEqual(
      fake.kube.names("Secret"),
      [
        "shlink-db-replication-cert",
        "pgo-root-cacert",
        "shlink-db-cluster-cert",
        "shlink-db-pguser-postgres",
        "shlink-db-pguser-shlink",
        `${instance}-certs`,
      ].toSorted(),
    );
    const endpoints = fake.kube.find<Endpoints>("Endpoints", "shlink-db-primary");
    assert.equal(endpoints.subsets?.[0]?.addresses?.[0]?.ip, "10.96.0.7");
    assert.ok(fake.object.metadata.finalizers?.includes(finalizer));
  });

  it("writes databases before users, once Patroni has a leader, and records both revisions", async () => {
    fake.create();
    await fake.pass();
    fake.runPods(true);
    await fake.pass();
    assert.equal(fake.executed.length, 0);
    fake.elect();
    await fake.pass();
    const sql = fake.executed.filter(({ command }) => command.startsWith("psql -Xw --file=-"));
    assert.equal(sql.length, 2);
    assert.match(sql[0]?.input ?? "", /CREATE DATABASE "shlink"/);
    assert.match(sql[1]?.input ?? "", /ALTER ROLE "shlink"/);
    assert.ok(fake.status.usersRevision && fake.status.databaseRevision);
    assert.equal(fake.status.patroni?.systemIdentifier, "7123");
  });

  it("has no Ready condition and counts the instances instead", async () => {
    fake.create();
    await fake.bootstrap();
    await fake.pass();
    assert.equal(fake.status.conditions, undefined);
    assert.equal(fake.status.instances?.[0]?.readyReplicas, 1);
    assert.equal(fake.status.observedGeneration, 3);
  });

  it("writes nothing to PostgreSQL again while nothing changes", async () => {
    fake.create();
    await fake.bootstrap();
    fake.executed = [];
    await fake.pass();
    await fake.pass();
    assert.deepEqual(fake.executed, []);
  });

  it("refuses to work without an image and says so in an event", async () => {
    fake.create();
    fake.env = {};
    await assert.rejects(
      fake.pass(),
      /missing image\(s\): \[crunchy-pgbackrest crunchy-postgres\]/,
    );
    assert.equal(fake.kube.names("Event").length, 1);
    assert.deepEqual(fake.kube.names("StatefulSet"), []);
  });

  it("does nothing but say so while paused", async () => {
    fake.create({ paused: true });
    await fake.pass();
    assert.equal(fake.status.conditions?.[0]?.reason, "Paused");
    assert.deepEqual(fake.kube.names("StatefulSet"), []);
  });

  it("notes the databases only once pgAudit is in all of them", async () => {
    fake.create();
    const answer = fake.answer;
    fake.answer = (command) => {
      if (command.includes("for name in")) throw new Error("library is not loaded");
      return answer(command);
    };
    await fake.bootstrap();
    assert.equal(fake.status.databaseRevision, undefined);
    assert.ok(fake.status.usersRevision);
    assert.ok(fake.kube.names("Event").length > 0);
    fake.answer = answer;
    await fake.pass();
    assert.ok(fake.status.databaseRevision);
  });
});
