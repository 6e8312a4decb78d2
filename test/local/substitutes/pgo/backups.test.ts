import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { authorizeBackupRemoval, restoreId } from "../../../../local/substitutes/pgo/names.ts";
import type { KubeObject, PostgresCluster } from "../../../../local/substitutes/pgo/types.ts";
import { FakeCluster, spec } from "./fake-cluster.ts";

const repos = [{ name: "repo1", volume: { volumeClaimSpec: {} } }];
const later = ["--type=time", '--target="2999-01-01 00:00:00+00"'];

describe("pgo backups", () => {
  let fake: FakeCluster;
  const claims = () =>
    fake.kube.names("PersistentVolumeClaim").filter((name) => !name.endsWith("-pgdata"));

  beforeEach(async () => {
    fake = new FakeCluster();
    fake.create({ backups: { pgbackrest: { repos } } });
    await fake.bootstrap();
  });

  /** Changes what the user wrote, and lets one pass go by. */
  async function change(backups: PostgresCluster["spec"]["backups"], annotations = {}) {
    const { metadata } = fake.object;
    const object = { ...fake.object, metadata: { ...metadata, annotations } };
    fake.kube.put({ ...object, spec: { ...spec, backups } } as PostgresCluster);
    await fake.pass();
  }

  it("have a volume of their own", () => {
    assert.deepEqual(claims(), ["shlink-db-repo1"]);
  });

  it("are not given up without a word: the cluster pauses", async () => {
    await change(undefined);
    assert.deepEqual(claims(), ["shlink-db-repo1"]);
    const [condition] = fake.status.conditions ?? [];
    assert.equal(condition?.reason, "Paused");
    assert.match(condition?.message ?? "", /authorizeBackupRemoval annotation/);
  });

  it("take their volume along once their removal is authorised", async () => {
    await change(undefined, { [authorizeBackupRemoval]: "true" });
    assert.deepEqual(claims(), []);
    assert.equal(fake.status.conditions, undefined);
  });

  it("are never restored to a time that they do not reach, and never fail at it", async () => {
    const pgbackrest = { repos, restore: { enabled: true, options: later } };
    await change({ pgbackrest }, { [restoreId]: "first" });
    const [runner = ""] = fake.kube.names("StatefulSet");
    const { spec: stopped } = fake.kube.find<KubeObject & { spec: { replicas: number } }>(
      "StatefulSet",
      runner,
    );
    assert.equal(stopped.replicas, 0);
    fake.kube.objects.delete(`Pod postgres/${runner}-0`);
    for (let passes = 0; passes < 3; passes++) await fake.pass();
    assert.deepEqual(fake.kube.names("Job"), ["shlink-db-pgbackrest-restore"]);
    const { startTime, ...restore } = fake.status.pgbackrest?.restore ?? {};
    assert.deepEqual(restore, { id: "first", active: 1 });
    assert.ok(startTime);

    await change({ pgbackrest: { repos, restore: { enabled: true } } }, { [restoreId]: "second" });
    assert.deepEqual(fake.kube.names("Job"), []);
    const { id, active, finished } = fake.status.pgbackrest?.restore ?? {};
    assert.deepEqual([id, active, finished], ["second", 0, true]);
    assert.equal(
      fake.kube.find<KubeObject & { spec: { replicas: number } }>("StatefulSet", runner).spec
        .replicas,
      1,
    );
  });
});
