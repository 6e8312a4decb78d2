import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { failoverSpec, maxMemoryMiB } from "../../../components/redis/failover.ts";
import { readyPod } from "../../../components/redis/ready.ts";

describe("The servers of Redis and their sentinels", () => {
  const args = {
    operator: "spotahome" as const,
    version: 7 as const,
    requests: { cpu: "1", memory: "1Gi" },
    memory: "512Mi",
    metrics: false,
  };
  const zones = (component: string) => [
    {
      maxSkew: 1,
      topologyKey: "topology.kubernetes.io/zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: {
        matchLabels: {
          "app.kubernetes.io/part-of": "redis-failover",
          "app.kubernetes.io/name": "shlink-redis",
          "app.kubernetes.io/component": component,
        },
      },
    },
  ];

  it("are all of the version that is set, and so is what proves that they work", () => {
    for (const [version, image] of [
      [7, images.redis7],
      [8, images.redis8],
    ] as const) {
      const { redis, sentinel } = failoverSpec({ ...args, version, replicas: 3, sentinels: 3 });
      const [proof] = readyPod({ version, replicas: 3 }, "redis").containers as { image: string }[];
      assert.deepEqual([redis.image, sentinel.image, proof?.image], [image, image, image]);
    }
  });

  it("are 7.2 or newer: 7.0 gets no more fixes", () => {
    for (const image of [images.redis7, images.redis8]) {
      const [major = 0, minor = 0] = (image.split(":")[1] ?? "").split(".").map(Number);
      assert.ok(major * 100 + minor >= 702, image);
    }
  });

  it("prefer different zones, each kind for itself", () => {
    const { redis, sentinel } = failoverSpec({ ...args, replicas: 3, sentinels: 3 });
    assert.deepEqual(redis.topologySpreadConstraints, zones("redis"));
    assert.deepEqual(sentinel.topologySpreadConstraints, zones("sentinel"));
  });

  it("leave the operator's own affinity alone, which prefers different nodes", () => {
    const { redis, sentinel } = failoverSpec({ ...args, replicas: 3, sentinels: 3 });
    for (const part of [redis, sentinel]) assert.equal("affinity" in part, false);
  });

  it("have nothing to spread when there is one", () => {
    const { redis, sentinel } = failoverSpec({ ...args, replicas: 1, sentinels: 1 });
    for (const part of [redis, sentinel]) assert.equal("topologySpreadConstraints" in part, false);
  });

  it("bound Redis' memory, leave room, and evict what is used least, not the only keys that expire: locks", () => {
    assert.equal(maxMemoryMiB("1Gi"), 768);
    const { redis, auth } = failoverSpec({ ...args, replicas: 3, sentinels: 3 });
    assert.deepEqual(redis.customConfig, ["maxmemory 384mb", "maxmemory-policy allkeys-lru"]);
    assert.deepEqual(auth, { secretPath: "shlink-redis-auth" });
  });
});
