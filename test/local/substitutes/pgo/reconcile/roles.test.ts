import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { finalizer, label } from "../../../../../local/substitutes/pgo/names.ts";
import type {
  Endpoints,
  KubeObject,
  Pod,
  PostgresCluster,
} from "../../../../../local/substitutes/pgo/types.ts";
import { FakeCluster, spec } from "../fake-cluster.ts";

describe("pgo instances and their roles", () => {
  let fake: FakeCluster;

  beforeEach(() => void (fake = new FakeCluster()));

  it("tells a fresh pod to be the primary, once, and writes no SQL before it is ready", async () => {
    fake.create();
    await fake.pass();
    fake.runPods(false);
    await fake.pass();
    await fake.pass();
    assert.deepEqual(
      fake.executed.map(({ command }) => command),
      ["sh -c echo primary >/tmp/role.new && mv /tmp/role.new /tmp/role"],
    );
    assert.equal(fake.status.usersRevision, undefined);
    assert.equal(fake.status.databaseRevision, undefined);
  });

  it("makes a second instance wait for the first, then a replica, then watched by role", async () => {
    fake.create({ instances: [{ name: "pg", replicas: 2, dataVolumeClaimSpec: {} }] });
    await fake.pass();
    fake.runPods(false);
    await fake.pass();
    assert.equal(fake.executed.filter(({ command }) => command.includes("echo")).length, 1);
    const [first = "", second = ""] = fake.kube.names("Pod");
    fake.kube.put({
      ...fake.kube.find<Pod>("Pod", first),
      status: {
        ...fake.kube.find<Pod>("Pod", first).status,
        conditions: [{ type: "Ready", status: "True" }],
      },
    } as Pod);
    await fake.pass();
    assert.ok(fake.executed.some(({ command }) => command.includes("echo replica")));
    fake.runPods(true);
    await fake.pass();
    assert.equal(fake.kube.find<Pod>("Pod", first).metadata.labels?.[label.role], "master");
    assert.equal(fake.kube.find<Pod>("Pod", second).metadata.labels?.[label.role], "replica");
    assert.deepEqual(fake.kube.names("PodDisruptionBudget"), ["shlink-db-set-pg"]);
  });

  it("stops the instance and lets go of the cluster when it is deleted", async () => {
    fake.create();
    await fake.bootstrap();
    const { metadata } = fake.object;
    fake.kube.put({
      ...fake.object,
      metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    });
    await fake.pass();
    const [runner = ""] = fake.kube.names("StatefulSet");
    const { spec: stopped } = fake.kube.find<KubeObject & { spec: { replicas: number } }>(
      "StatefulSet",
      runner,
    );
    assert.equal(stopped.replicas, 0);
    assert.ok(fake.object.metadata.finalizers?.includes(finalizer));
    fake.kube.objects.delete(`Pod postgres/${runner}-0`);
    await fake.pass();
    assert.deepEqual(fake.object.metadata.finalizers, []);
    assert.deepEqual(fake.kube.names("Endpoints"), ["shlink-db-primary"]);
  });

  it("takes the role off a former primary that is not ready, and gives it none", async () => {
    fake.create({ instances: [{ name: "pg", replicas: 2, dataVolumeClaimSpec: {} }] });
    await fake.bootstrap();
    await fake.pass();
    const [first = "", second = ""] = fake.kube.names("Pod");
    const role = (pod: string) => fake.kube.find<Pod>("Pod", pod).metadata.labels?.[label.role];
    assert.deepEqual([role(first), role(second)], ["master", "replica"]);
    const leader = fake.kube.find<Endpoints>("Endpoints", "shlink-db-ha");
    fake.kube.put({
      ...leader,
      metadata: { ...leader.metadata, annotations: { leader: second } },
    } as Endpoints);
    fake.runPods((name) => name === second);
    await fake.pass();
    assert.deepEqual([role(first), role(second)], [undefined, "master"]);
  });

  it("names the replica that holds everything, in synchronous mode only", async () => {
    const instances = [{ name: "pg", replicas: 2, dataVolumeClaimSpec: {} }];
    fake.create({ instances });
    await fake.bootstrap();
    assert.ok(!fake.kube.names("Endpoints").includes("shlink-db-ha-sync"));
    const patroni = { dynamicConfiguration: { synchronous_mode: true } };
    fake.kube.put({ ...fake.object, spec: { ...spec, instances, patroni } } as PostgresCluster);
    await fake.pass();
    const [first = "", second = ""] = fake.kube.names("Pod");
    const { annotations } = fake.kube.find<Endpoints>("Endpoints", "shlink-db-ha-sync").metadata;
    assert.deepEqual(annotations, { leader: first, sync_standby: second });
  });

  it("shows all servers ready while not all of them are updated", async () => {
    fake.create({ instances: [{ name: "pg", replicas: 3, dataVolumeClaimSpec: {} }] });
    await fake.bootstrap();
    const [first = "", ...others] = fake.kube.names("StatefulSet");
    for (const name of [first, ...others]) {
      const runner = fake.kube.find<KubeObject>("StatefulSet", name);
      const status = { observedGeneration: 1, updateRevision: "new" };
      fake.kube.put({
        ...runner,
        metadata: { ...runner.metadata, generation: 1 },
        status,
      } as KubeObject);
    }
    const pod = fake.kube.find<Pod>("Pod", `${first}-0`);
    const labels = { ...pod.metadata.labels, "controller-revision-hash": "new" };
    fake.kube.put({ ...pod, metadata: { ...pod.metadata, labels } } as Pod);
    await fake.pass();
    assert.deepEqual(fake.status.instances, [
      { name: "pg", replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    ]);
  });
});
