import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { written } from "../../../components/redis/outside.ts";
import { redis, replaced } from "../../support/outside.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const deployment = "kubernetes:apps/v1:Deployment::shlink";
const shlinkSync = "kubernetes:external-secrets.io/v1:ExternalSecret::shlink-secrets";

describe("A Redis outside", () => {
  const made = (own: object = {}) => synth("prod", replaced("prod", "redis", { ...redis, ...own }));
  function variables(stack: Synthesis): Record<string, string> {
    const path = ["spec", "template", "spec", "containers", 0, "env"];
    const env = stack.input(deployment, ...path) as { name: string; value: string }[];
    return Object.fromEntries(
      env.filter(({ name }) => name.startsWith("REDIS_")).map(({ name, value }) => [name, value]),
    );
  }
  const synced = (stack: Synthesis) =>
    (stack.input(shlinkSync, "spec", "data") as { secretKey: string; remoteRef: object }[]).find(
      ({ secretKey }) => secretKey.startsWith("redis"),
    );
  /** The file of Shlink's as External Secrets fills it in. */
  const addresses = (stack: Synthesis) =>
    stack.input(shlinkSync, "spec", "target", "template", "data", "redis-servers");

  it("is a login in Vault, and nothing of the operator, its namespaces or its admission policy", async () => {
    const prod = await made();
    assert.deepEqual(prod.children(component("OutsideRedis", "redis")), [
      component("VaultSecret", "redis-shlink"),
    ]);
    for (const own of ["RedisFailover", "redis-operator", "redis-ready", "MutatingAdmission"])
      assert.ok(!prod.text().includes(own), own);
    assert.ok(!prod.of("Namespace").some(({ name }) => name === "redis"));
  });

  it("is one address with the login in it, which Shlink reads from a file", async () => {
    const prod = await made();
    assert.deepEqual(variables(prod), {
      REDIS_SERVERS_FILE: "/run/secrets/shlink/redis-servers",
    });
    const remoteRef = { key: "redis/shlink", property: "password" };
    assert.deepEqual(synced(prod), { secretKey: "redisPassword", remoteRef });
    assert.equal(addresses(prod), `tls://:{{ .redisPassword }}@${redis.servers.host}:6380`);
  });

  it("is several addresses of a cluster in that file", async () => {
    const nodes = [{ host: "10.30.0.1" }, { host: "10.30.0.2", port: 7000 }];
    const prod = await made({ servers: { mode: "cluster", nodes } });
    assert.deepEqual(Object.keys(variables(prod)), ["REDIS_SERVERS_FILE"]);
    assert.equal(
      addresses(prod),
      "tls://:{{ .redisPassword }}@10.30.0.1:6379,tls://:{{ .redisPassword }}@10.30.0.2:7000",
    );
  });

  it("is sentinels, one of them three times, with the servers' login apart", async () => {
    const sentinels = [{ host: "s1.example.com" }];
    const prod = await made({ servers: { mode: "sentinel", sentinels, tls: false }, user: "app" });
    assert.deepEqual(variables(prod), {
      REDIS_SERVERS: Array(3).fill("tcp://s1.example.com:26379").join(","),
      REDIS_SENTINEL_SERVICE: "mymaster",
      REDIS_SERVERS_USER: "app",
      REDIS_SERVERS_PASSWORD_FILE: "/run/secrets/shlink/redis-password",
    });
    const remoteRef = { key: "redis/shlink", property: "password" };
    assert.deepEqual(synced(prod), { secretKey: "redis-password", remoteRef });
    const several = ["s1.example.com", "s2.example.com"].map((host) => ({ host, port: 5000 }));
    const more = await made({
      servers: { mode: "sentinel", sentinels: several, tls: false, master: "links" },
    });
    assert.equal(
      variables(more)["REDIS_SERVERS"],
      "tcp://s1.example.com:5000,tcp://s2.example.com:5000",
    );
    assert.equal(variables(more)["REDIS_SENTINEL_SERVICE"], "links");
    assert.equal(addresses(more), undefined);
  });

  it("has addresses that Shlink decodes again, whatever is in user, host and password", async () => {
    const servers = { mode: "single", host: "fd00::7", port: 1, tls: false };
    const networks = ["fd00::/64"];
    const one = await made({ servers, networks, user: "app@links" });
    assert.equal(addresses(one), "tcp://app%40links:{{ .redisPassword }}@[fd00::7]:1");
  });

  it("keeps the password in Vault as Shlink takes it: in an address, or as it is", () => {
    const password = "a+b:c@d/e";
    assert.equal(written({ mode: "single" }, password), "a%2Bb%3Ac%40d%2Fe");
    assert.equal(written({ mode: "cluster" }, password), "a%2Bb%3Ac%40d%2Fe");
    assert.equal(written({ mode: "sentinel" }, password), password);
  });
});
