import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const failover = "kubernetes:databases.spotahome.com/v1:RedisFailover::shlink-redis";
const ready = "kubernetes:batch/v1:Job::redis-ready";
const auth = "kubernetes:external-secrets.io/v1:ExternalSecret::redis-auth";
/** Keeps the password out of the operator's ConfigMap. */
const redaction = (version: string) => {
  const type = `kubernetes:admissionregistration.k8s.io/${version}:MutatingAdmission`;
  return [`${type}Policy::redis-password`, `${type}PolicyBinding::redis-password-binding`];
};
const password = "random:index/randomPassword:RandomPassword::redis-password";

describe("The cache", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const container = (...path: (string | number)[]) =>
    prod.input(ready, "spec", "template", "spec", "containers", 0, ...path);

  it("is its operator, a failover group with a Service, one password, its way to Vault, and a proof that it works", () => {
    const expected = [
      ready,
      "kubernetes:core/v1:Service::redis-servers",
      "kubernetes:core/v1:ServiceAccount::redis-account",
      failover,
      release("redis-operator"),
      password,
      component("SecretReader", "external-secrets-redis"),
      component("VaultSecret", "redis-shlink"),
    ];
    for (const [stack, version] of [
      [dev, "v1beta1"],
      [prod, "v1"],
    ] as const) {
      const all = [...expected, ...redaction(version)].sort();
      assert.deepEqual(stack.children(component("Redis", "redis")), all);
    }
  });

  it("is made after its operator and its password, and proven after it is made", () => {
    const { dependsOn } = prod.resource(failover);
    for (const before of [release("redis-operator"), auth])
      assert.ok(dependsOn.includes(before), before);
    assert.ok(prod.resource(ready).dependsOn.includes(failover));
  });

  it("has as many servers and sentinels as are set, with the set memory", () => {
    for (const [stack, replicas, memory] of [
      [dev, 2, "128Mi"],
      [prod, 3, "512Mi"],
    ] as const) {
      assert.equal(stack.input(failover, "spec", "redis", "replicas"), replicas);
      assert.equal(stack.input(failover, "spec", "sentinel", "replicas"), 3);
      const limits = stack.input(failover, "spec", "redis", "resources", "limits");
      assert.deepEqual(limits, { memory });
    }
  });

  it("runs the pinned Redis everywhere, as nobody in particular", () => {
    for (const part of ["redis", "sentinel"]) {
      assert.equal(prod.input(failover, "spec", part, "image"), images.redis7);
      assert.equal(prod.input(failover, "spec", part, "securityContext", "runAsNonRoot"), true);
    }
    assert.equal(container("image"), images.redis7);
  });

  it("takes its password from the Secret that External Secrets makes", () => {
    assert.deepEqual(prod.input(failover, "spec", "auth"), { secretPath: "shlink-redis-auth" });
    assert.equal(prod.input(auth, "spec", "target", "name"), "shlink-redis-auth");
    assert.equal(prod.input(auth, "spec", "target", "creationPolicy"), "Owner");
    // redis.conf takes it without quotes.
    assert.equal(prod.input(password, "special"), false);
  });

  it("is proven with the password in the environment, for every replica that is set", () => {
    assert.deepEqual(container("env"), [
      {
        name: "REDISCLI_AUTH",
        valueFrom: { secretKeyRef: { name: "shlink-redis-auth", key: "password" } },
      },
    ]);
    const script = container("command", 2) as string;
    assert.match(script, /\[ "\$attached" -ge 2 \]/);
    assert.doesNotMatch(script, /password/i);
  });

  it("gives up the proof by itself: no second pod, and the reason in its status", () => {
    assert.equal(prod.input(ready, "spec", "backoffLimit"), 0);
    assert.equal(container("terminationMessagePolicy"), "FallbackToLogsOnError");
  });

  it("tells Shlink several sentinel addresses, never one, the master's name, and where the password lies", () => {
    const job = "kubernetes:batch/v1:Job::shlink-migration";
    const env = prod.input(job, "spec", "template", "spec", "containers", 0, "env") as Variable[];
    const told = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    // With one address Shlink takes the sentinel for the server.
    const servers = (told["REDIS_SERVERS"] ?? "").split(",");
    assert.ok(servers.length >= 2);
    for (const server of servers) assert.equal(server, "tcp://rfs-shlink-redis.redis.svc:26379");
    assert.ok(!("REDIS_SERVERS_USER" in told));
    assert.equal(told["REDIS_SENTINEL_SERVICE"], "mymaster");
    assert.equal(told["REDIS_SERVERS_PASSWORD_FILE"], "/run/secrets/shlink/redis-password");
  });

  it("lets the mesh find the Redis that a sentinel names by its pod's address: a headless Service lists the pods", () => {
    assert.deepEqual(prod.input("kubernetes:core/v1:Service::redis-servers", "spec"), {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: {
        "app.kubernetes.io/part-of": "redis-failover",
        "app.kubernetes.io/name": "shlink-redis",
        "app.kubernetes.io/component": "redis",
      },
      ports: [{ name: "tcp-redis", port: 6379, targetPort: 6379 }],
    });
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
    it(`comes from ${operator} by one setting, and no other object comes or goes`, async () => {
      const prod = await synth("prod", { redis: { operator } });
      assert.equal(prod.input(release("redis-operator"), "chart"), source.chart);
      assert.equal(prod.input(release("redis-operator"), "version"), source.version);
      const others = ({ registrations }: Synthesis) =>
        registrations
          .filter(({ name, type }) => !(name === "redis-operator" && type.includes("Release")))
          .filter(({ inputs }) => inputs["kind"] !== "RedisFailover")
          .map(({ type, name, inputs }) => JSON.stringify([type, name, inputs]));
      assert.deepEqual(others(prod).sort(), others(await synth("prod")).sort());
    });
});

describe("The fork of the Redis operator", () => {
  const failover = "kubernetes:databases.spotahome.com/v1:RedisFailover::shlink-redis";
  it("gets servers that ask for their whole limit, since it judges maxmemory by that", async () => {
    const [fork, original] = await Promise.all([
      synth("prod", { redis: { operator: "freshworks" } }),
      synth("prod"),
    ]);
    const resources = { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "512Mi" } };
    assert.deepEqual(fork.input(failover, "spec", "redis", "resources"), resources);
    const spec = fork.input(failover, "spec") as { redis: object };
    const { resources: before } = (
      original.input(failover, "spec") as { redis: { resources: object } }
    ).redis;
    assert.deepEqual(
      { ...spec, redis: { ...spec.redis, resources: before } },
      original.input(failover, "spec"),
    );
  });

  it("runs the image of its chart's version, not the tag that the chart names", async () => {
    const fork = await synth("prod", { redis: { operator: "freshworks" } });
    assert.deepEqual(fork.input(release("redis-operator"), "values", "image"), { tag: "v3.3.4" });
    const original = await synth("prod");
    assert.equal(original.input(release("redis-operator"), "values", "image"), undefined);
  });
});

interface Variable {
  name: string;
  value: string;
}
