import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { failoverSpec } from "../../../components/redis/failover.ts";
import { authConf, redactionSpec } from "../../../components/redis/redaction.ts";
import { render, stackSettings } from "../../../plan/render.ts";

const kinds = ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"];

async function rendered(mutatingAdmission: string) {
  const settings = stackSettings("prod");
  Object.assign(settings["cluster"] as object, { mutatingAdmission });
  const { registrations } = await render("prod", settings);
  const mutations = registrations.filter(({ inputs }) => kinds.includes(inputs["kind"] as string));
  return { registrations, mutations };
}

describe("The Redis password in the operator's ConfigMap", () => {
  for (const version of ["v1", "v1beta1"])
    it(`is replaced by a policy and its binding in ${version}, both there before the RedisFailover`, async () => {
      const { registrations, mutations } = await rendered(version);
      assert.deepEqual(
        mutations.map(({ inputs }) => inputs["kind"]),
        kinds,
      );
      for (const { inputs } of mutations)
        assert.equal(inputs["apiVersion"], `admissionregistration.k8s.io/${version}`);
      const failover = registrations.find(({ inputs }) => inputs["kind"] === "RedisFailover");
      for (const { type, name } of mutations)
        assert.ok(failover?.dependsOn.includes(`${type}::${name}`), name);
    });

  it("stays where the cluster has no such policies", async () => {
    assert.deepEqual((await rendered("none")).mutations, []);
  });

  it("is taken from that one object only, and refused when it cannot be taken", () => {
    const { failurePolicy, matchConstraints } = redactionSpec("redis");
    assert.equal(failurePolicy, "Fail");
    assert.deepEqual(matchConstraints.namespaceSelector, {
      matchLabels: { "kubernetes.io/metadata.name": "redis" },
    });
    const [rule] = matchConstraints.resourceRules;
    assert.deepEqual(rule?.resources, ["configmaps"]);
    assert.deepEqual(rule.resourceNames, ["rfr-shlink-redis"]);
    assert.deepEqual(rule.operations, ["CREATE", "UPDATE"]);
  });

  it("reaches Redis by the file that is included, from the Secret that External Secrets writes", async () => {
    const expression = redactionSpec("redis").mutations[0]?.jsonPatch.expression ?? "";
    assert.match(expression, /include \/etc\/redis-auth\/auth\.conf"/);
    const { redis } = failoverSpec({
      replicas: 3,
      sentinels: 3,
      requests: { cpu: "1", memory: "1Gi" },
      memory: "512Mi",
      metrics: false,
    });
    assert.deepEqual(redis.extraVolumeMounts, [
      { name: "auth", mountPath: "/etc/redis-auth", readOnly: true },
    ]);
    assert.deepEqual(redis.extraVolumes, [
      {
        name: "auth",
        secret: {
          secretName: "shlink-redis-auth",
          items: [{ key: "auth.conf", path: "auth.conf" }],
        },
      },
    ]);
    const { registrations } = await rendered("v1");
    const sync = registrations.find(({ name }) => name === "redis-auth")?.inputs["spec"];
    assert.deepEqual((sync as { target: object }).target, {
      name: "shlink-redis-auth",
      creationPolicy: "Owner",
      template: { engineVersion: "v2", mergePolicy: "Merge", data: { "auth.conf": authConf } },
    });
  });
});

describe("The servers of Redis and their sentinels", () => {
  const args = { requests: { cpu: "1", memory: "1Gi" }, memory: "512Mi", metrics: false };
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
});

describe("The Redis operator", () => {
  const sources = {
    spotahome: { chart: "redis-operator", version: "3.2.9" },
    freshworks: {
      chart: "oci://ghcr.io/freshworks-oss/charts/redis-operator",
      version: "3.3.4",
    },
  };
  for (const [operator, source] of Object.entries(sources))
    it(`comes from ${operator} by one setting, and nothing else changes`, async () => {
      const settings = stackSettings("prod");
      Object.assign(settings["redis"] as object, { operator });
      const { registrations } = await render("prod", settings);
      const release = registrations.find(
        ({ type, name }) => type.includes("Release") && name === "redis-operator",
      );
      const { chart, version } = release?.inputs as typeof source;
      assert.deepEqual({ chart, version }, source);
      const others = (all: typeof registrations) =>
        all
          .filter(({ name, type }) => !(name === "redis-operator" && type.includes("Release")))
          .map(({ type, name, inputs }) => JSON.stringify([type, name, inputs]));
      const reference = await render("prod");
      assert.deepEqual(others(registrations).sort(), others(reference.registrations).sort());
    });
});
