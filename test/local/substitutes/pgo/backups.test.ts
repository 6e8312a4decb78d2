import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { authorizeBackupRemoval, restoreId } from "../../../../local/substitutes/pgo/names.ts";
import type { Job, KubeObject, PostgresCluster } from "../../../../local/substitutes/pgo/types.ts";
import { FakeCluster, spec } from "./fake-cluster.ts";

const schedules = { full: "0 3 * * *", incremental: "0 9 * * *" };
const repos = [{ name: "repo1", volume: { volumeClaimSpec: {} }, schedules }];
const instances = [{ name: "pg", replicas: 2, dataVolumeClaimSpec: {} }];
const restoreJob = "shlink-db-pgbackrest-restore";

describe("pgo backups", () => {
  let fake: FakeCluster;
  const claims = () =>
    fake.kube.names("PersistentVolumeClaim").filter((name) => !name.endsWith("-pgdata"));

  beforeEach(async () => {
    fake = new FakeCluster();
    fake.create({ instances, backups: { pgbackrest: { repos } } });
    await fake.bootstrap();
  });

  /** Changes what the user wrote, and lets one pass go by. */
  async function change(backups: PostgresCluster["spec"]["backups"], annotations = {}) {
    const { metadata } = fake.object;
    const object = { ...fake.object, metadata: { ...metadata, annotations } };
    fake.kube.put({ ...object, spec: { ...spec, instances, backups } });
    await fake.pass();
  }

  async function end(name: string, kind: "Complete" | "Failed") {
    const count = kind === "Complete" ? { succeeded: 1 } : { failed: 7 };
    const status = { ...count, conditions: [{ type: kind, status: "True" }] };
    fake.kube.put({ ...fake.kube.find<Job>("Job", name), status } as Job);
    await fake.pass();
  }

  it("have a volume and a host of their own, and a server beside each database", () => {
    assert.deepEqual(claims(), ["shlink-db-repo1"]);
    const hosts = fake.kube.names("StatefulSet");
    assert.equal(hosts.length, 3);
    assert.ok(hosts.includes("shlink-db-repo-host"));
    for (const name of hosts) {
      const text = JSON.stringify(fake.kube.find("StatefulSet", name));
      assert.ok(text.includes('["pgbackrest","server"]'), name);
    }
  });

  it("know every server by its own name", () => {
    const config = fake.kube.find<KubeObject & { data: Record<string, string> }>(
      "ConfigMap",
      "shlink-db-pgbackrest-config",
    ).data["repo.conf"];
    for (const name of fake.kube.names("StatefulSet").filter((host) => !host.endsWith("-host"))) {
      const host = `${name}-0.shlink-db-pods.postgres.svc.cluster.local.`;
      assert.ok(config?.includes(`-host=${host}\n`), name);
    }
  });

  it("begin with the stanza and a first backup; schedules follow when it is done", async () => {
    const create = fake.executed.filter(({ command }) => command.includes("stanza-create"));
    assert.equal(create.length, 1);
    assert.deepEqual(fake.kube.names("Job"), ["shlink-db-backup-first"]);
    assert.deepEqual(fake.kube.names("CronJob"), []);
    await end("shlink-db-backup-first", "Complete");
    assert.deepEqual(fake.kube.names("CronJob"), ["shlink-db-repo1-full", "shlink-db-repo1-incr"]);
  });

  it("try the first backup again when it fails", async () => {
    await end("shlink-db-backup-first", "Failed");
    assert.deepEqual(fake.kube.names("Job"), []);
    await fake.pass();
    assert.deepEqual(fake.kube.names("Job"), ["shlink-db-backup-first"]);
  });

  it("are not given up without a word: the cluster pauses", async () => {
    await change(undefined);
    assert.deepEqual(claims(), ["shlink-db-repo1"]);
    const [condition] = fake.status.conditions ?? [];
    assert.equal(condition?.reason, "Paused");
    assert.match(condition?.message ?? "", /authorizeBackupRemoval annotation/);
  });

  it("take their volume, host and schedules along once their removal is authorised", async () => {
    await end("shlink-db-backup-first", "Complete");
    await change(undefined, { [authorizeBackupRemoval]: "true" });
    assert.deepEqual(claims(), []);
    assert.deepEqual([fake.kube.names("CronJob"), fake.kube.names("Job")], [[], []]);
    assert.ok(!fake.kube.names("StatefulSet").includes("shlink-db-repo-host"));
    assert.equal(fake.status.conditions, undefined);
  });

  describe("that are restored", () => {
    const asked = (target?: string) => ({
      pgbackrest: {
        repos,
        restore: { enabled: true, options: target === undefined ? [] : [`--target="${target}"`] },
      },
    });
    const running = () =>
      fake.kube
        .names("StatefulSet")
        .filter((name) => !name.endsWith("-host"))
        .map((name) => {
          const { spec } = fake.kube.find<KubeObject & { spec: { replicas: number } }>(
            "StatefulSet",
            name,
          );
          return spec.replicas;
        });
    const stopPods = () => {
      for (const name of fake.kube.names("Pod")) fake.kube.objects.delete(`Pod postgres/${name}`);
    };

    it("stop all servers first, then forget Patroni's leader, then begin", async () => {
      await change(asked("2026-01-01 00:00:00+00"), { [restoreId]: "first" });
      assert.deepEqual(running(), [0, 0]);
      assert.ok(!fake.kube.names("Job").includes(restoreJob));
      assert.ok(fake.kube.names("Endpoints").includes("shlink-db-ha"));
      stopPods();
      await fake.pass();
      const job = JSON.stringify(fake.kube.find("Job", restoreJob));
      assert.ok(job.includes("--target-action=promote"));
      assert.deepEqual(fake.kube.names("Endpoints"), ["shlink-db-primary"]);
      assert.equal(fake.status.patroni, undefined);
      assert.equal(fake.status.pgbackrest?.restore?.id, "first");
    });

    it("start the restored server alone, and the others when it leads", async () => {
      await change(asked(), { [restoreId]: "first" });
      stopPods();
      await fake.pass();
      await end(restoreJob, "Complete");
      assert.deepEqual(running(), [1, 0]);
      const { finished, succeeded } = fake.status.pgbackrest?.restore ?? {};
      assert.deepEqual([finished, succeeded], [true, 1]);
      fake.runPods(true);
      fake.elect();
      await fake.pass();
      assert.deepEqual(running(), [1, 1]);
    });

    it("stay away for as long as a restore goes on or has failed; another id begins anew", async () => {
      await change(asked("2999-01-01 00:00:00+00"), { [restoreId]: "first" });
      stopPods();
      for (let passes = 0; passes < 3; passes++) await fake.pass();
      assert.deepEqual(running(), [0, 0]);
      await end(restoreJob, "Failed");
      assert.deepEqual(running(), [0, 0]);
      const { finished, succeeded } = fake.status.pgbackrest?.restore ?? {};
      assert.deepEqual([finished, succeeded], [true, undefined]);
      await change(asked(), { [restoreId]: "second" });
      await fake.pass();
      const job = fake.kube.find("Job", restoreJob);
      assert.equal(job.metadata.annotations?.[restoreId], "second");
      assert.ok(!JSON.stringify(job).includes("--target="));
    });
  });
});
