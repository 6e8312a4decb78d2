import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { failoverSpec } from "../../../components/redis/failover.ts";
import { authConf, redactionSpec } from "../../../components/redis/redaction.ts";
import { synth } from "../../support/synth.ts";

const kinds = ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"];
const failover = "kubernetes:databases.spotahome.com/v1:RedisFailover::shlink-redis";
const auth = "kubernetes:external-secrets.io/v1:ExternalSecret::redis-auth";

async function rendered(mutatingAdmission: string) {
  const prod = await synth("prod", { cluster: { mutatingAdmission } });
  return { prod, mutations: kinds.flatMap((kind) => prod.of(kind)) };
}

describe("The Redis password in the operator's ConfigMap", () => {
  for (const version of ["v1", "v1beta1"])
    it(`is replaced by a policy and its binding in ${version}, both there before the RedisFailover`, async () => {
      const { prod, mutations } = await rendered(version);
      assert.deepEqual(
        mutations.map(({ inputs }) => inputs["kind"]),
        kinds,
      );
      for (const { inputs } of mutations)
        assert.equal(inputs["apiVersion"], `admissionregistration.k8s.io/${version}`);
      for (const { type, name } of mutations)
        assert.ok(prod.resource(failover).dependsOn.includes(`${type}::${name}`), name);
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
      operator: "spotahome",
      version: 7,
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
    const { prod } = await rendered("v1");
    assert.deepEqual(prod.input(auth, "spec", "target"), {
      name: "shlink-redis-auth",
      creationPolicy: "Owner",
      template: { engineVersion: "v2", mergePolicy: "Merge", data: { "auth.conf": authConf } },
    });
  });
});
