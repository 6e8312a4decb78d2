import { beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { finalizer } from "../../../../../local/substitutes/pgo/names.ts";
import type { Endpoints, KubeObject, Pod } from "../../../../../local/substitutes/pgo/types.ts";
import { FakeCluster, spec } from "../fake-cluster.ts";

describe("pgo instances and their roles", () => {
  let fake: FakeCluster;

  beforeEach(() => void (fake = new FakeCluster()));

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

  it("tells Patroni in its own Endpoints what has changed, and nothing while nothing has", async () => {
    const instances = [{ name: "pg", replicas: 2, dataVolumeClaimSpec: {} }];
    fake.create({ instances });
    await fake.bootstrap();
    const endpoints = () => fake.kube.find<Endpoints>("Endpoints", "shlink-db-ha-config").metadata;
    const config = () => JSON.parse(endpoints().annotations?.config ?? "{}") as object;
    assert.ok(!("synchronous_mode" in config()));
    const { resourceVersion } = endpoints();
    await fake.pass();
    assert.equal(endpoints().resourceVersion, resourceVersion);
    const patroni = { dynamicConfiguration: { synchronous_mode: true } };
    fake.kube.put({ ...fake.object, spec: { ...spec, instances, patroni } });
    await fake.pass();
    assert.deepEqual({ ...config(), synchronous_mode: true }, config());
    assert.equal(endpoints().annotations?.initialize, "7123");
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
    fake.kube.put({ ...pod, metadata: { ...pod.metadata, labels } });
    await fake.pass();
    assert.deepEqual(fake.status.instances, [
      { name: "pg", replicas: 3, readyReplicas: 3, updatedReplicas: 1 },
    ]);
  });
});
