import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { rotateRedis } from "../../../operate/rotations/redis.ts";
import { workloads } from "../../../platform/workloads.ts";
import { fakeTools, type FakeTools, fitting, putPod, putSecret } from "../support/tools.ts";

/** A server as Redis is one: the password it started with, and those that it takes. */
interface Server {
  started: string;
  takes: Set<string>;
  masterAuth: string;
}

const [old, fresh] = ["alpha7", "beta7"];
const names = ["rfr-0", "rfr-1", "rfr-2"];
const master = "rfr-1";

describe("Another password for Redis", () => {
  let tools: FakeTools;
  let servers: Record<string, Server>;
  let shlinkHas: string;
  /** Each moment at which Shlink's pods could not log in to each server. */
  let refused: string[];

  const secret = (password: string) => putSecret(tools, "redis", "shlink-redis-auth", { password });
  const shlinkSecret = (password: string) => {
    shlinkHas = password;
    putSecret(tools, "shlink", "shlink-secrets", { "redis-password": password });
  };
  const start = (name: string, password: string) => {
    servers[name] = { started: password, takes: new Set([password]), masterAuth: password };
    putPod(tools, "redis", name, workloads.redis.labels);
  };

  /** A server's answers to what the scripts make of their input. */
  function answer(name: string, script: string, input: string): string {
    const [first = "", second = ""] = input.split("\n");
    const server = servers[name];
    if (server === undefined) return script.includes("SENTINEL SET mymaster auth-pass") ? "OK" : "";
    if (script.includes("current")) return first === server.started ? "current" : "stale";
    if (script.includes("requirepass")) {
      server.takes = new Set([first]);
      return "OK\n";
    }
    if (script.includes("role")) return name === master ? "master" : "slave";
    if (script.includes("AUTH $password"))
      return server.takes.has(first) ? "OK" : "WRONGPASS invalid username-password pair";
    for (const password of [first, second]) if (password !== "") server.takes.add(password);
    server.masterAuth = first;
    return "OK\nOK\n";
  }

  beforeEach(() => {
    [tools, servers, refused] = [fakeTools(), {}, []];
    for (const name of names) start(name, old);
    putPod(tools, "redis", "rfs-0", workloads.sentinel.labels);
    secret(old);
    shlinkSecret(old);
    tools.answer = answer;
    tools.up = (args) => {
      if (args.includes("--target")) secret(fresh);
      else shlinkSecret(fresh);
    };
    tools.api.before = (method, path) => {
      const name = path.split("/").at(-1) ?? "";
      // The StatefulSet makes its successor, which reads the Secret.
      if (method === "DELETE") setImmediate(() => start(name, fresh));
      for (const [one, { takes }] of Object.entries(servers))
        if (!takes.has(shlinkHas)) refused.push(one);
    };
  });

  const ups = () => tools.steps.filter((step) => step.startsWith("up"));
  const deleted = () =>
    tools.api.changes.filter((change) => change.startsWith("DELETE")).map((one) => one.slice(-5));

  it("lets servers take both, changes Shlink's pods over, and starts the servers anew, the master last", async () => {
    await rotateRedis(tools);
    assert.equal(ups().length, 2);
    const [made = ""] = ups();
    assert.match(made, /^up --replace \*\*RandomPassword::redis-password --target /);
    assert.deepEqual(await fitting(made), [
      "random:index/randomPassword:RandomPassword::redis-password",
      "random:index/randomPassword:RandomPassword::redis-password",
      "vault:kv/secretV2:SecretV2::redis-shlink",
      "kubernetes:external-secrets.io/v1:ExternalSecret::redis-auth",
    ]);
    assert.equal(ups()[1], "up");
    assert.deepEqual(deleted(), ["rfr-0", "rfr-2", "rfr-1"]);
    assert.deepEqual(refused, []);
    for (const { takes } of Object.values(servers)) assert.deepEqual([...takes], [fresh]);
  });

  it("tells sentinels and replicas the new password before any server starts anew", async () => {
    await rotateRedis(tools);
    const at = (text: string) => tools.steps.findIndex((step) => step.includes(text));
    assert.ok(at("SENTINEL SET") > at("CONFIG SET masterauth"));
    assert.ok(at("SENTINEL SET") < tools.steps.lastIndexOf("up"));
  });

  it("has no password in an argument or in what it tells", async () => {
    await rotateRedis(tools);
    assert.doesNotMatch([...tools.steps, ...tools.told].join("\n"), /alpha7|beta7/);
  });

  const interruptions: [at: string, prepare: () => void, ups: number][] = [
    ["the new password was made", () => secret(fresh), 1],
    [
      "Shlink's pods changed over",
      () => {
        secret(fresh);
        shlinkSecret(fresh);
        for (const server of Object.values(servers)) server.takes.add(fresh);
      },
      1,
    ],
    [
      "a replica had started anew",
      () => {
        secret(fresh);
        shlinkSecret(fresh);
        for (const server of Object.values(servers)) server.takes.add(fresh);
        start("rfr-0", fresh);
      },
      1,
    ],
  ];
  for (const [at, prepare, expected] of interruptions)
    it(`goes on without another password where it was interrupted after ${at}`, async () => {
      prepare();
      await rotateRedis(tools);
      assert.equal(ups().length, expected);
      assert.ok(!ups().some((up) => up.includes("--replace")));
      assert.match(tools.told[0] ?? "", /interrupted/);
      for (const { takes } of Object.values(servers)) assert.deepEqual([...takes], [fresh]);
    });

  it("takes the old one from a server that had started anew by itself, and leaves that running", async () => {
    secret(fresh);
    start("rfr-0", fresh);
    refused = [];
    await rotateRedis(tools);
    assert.deepEqual(deleted(), ["rfr-2", "rfr-1"]);
    assert.deepEqual([...(servers["rfr-0"]?.takes ?? [])], [fresh]);
  });

  it("ends in a sentence without the answer where a server does not take the password", async () => {
    tools.answer = (name, script, input) =>
      name === "rfr-2" && script.includes("ACL") ? `ERR ${fresh}` : answer(name, script, input);
    await assert.rejects(rotateRedis(tools), (error: Error) => {
      assert.match(error.message, /^redis\/rfr-2 does not take the new password; run this again/);
      return true;
    });
    assert.equal(ups().length, 1);
  });

  it("fails where the old password still opens a server", async () => {
    tools.answer = (name, script, input) =>
      name === "rfr-0" && script.includes("AUTH $password") ? "OK" : answer(name, script, input);
    await assert.rejects(rotateRedis(tools), /redis\/rfr-0 still takes the old password/);
  });
});
