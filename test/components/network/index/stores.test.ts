import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type WorkloadName, workloads } from "../../../../platform/workloads.ts";
import { allowed, type Endpoint, type Policy } from "../../../support/network.ts";
import { outside, redis } from "../../../support/outside.ts";
import { synth, type Synthesis } from "../../../support/synth.ts";

const shlinks = ["shlink", "shlink-migration"] as const;
const databasePods = { namespace: "data", labels: { app: "of any kind" } };

const policiesOf = (stack: Synthesis) =>
  stack.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);

describe("A database and a Redis of others", () => {
  let policies: Policy[];
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod", outside("prod"));
    policies = policiesOf(prod);
  });
  const open = (from: WorkloadName, to: Endpoint | string, port: number, list = policies) =>
    allowed(list, workloads[from], typeof to === "string" ? { address: to } : to, port);

  it("are reached by Shlink and its migration where their networks say, at their ports only", () => {
    for (const from of shlinks) {
      assert.ok(open(from, "10.20.0.7", 5432), from);
      assert.ok(open(from, "10.30.0.7", 6380), from);
      for (const [address, port] of [
        ["10.20.1.7", 5432],
        ["10.20.0.7", 5433],
        ["10.20.0.7", 6380],
        ["10.30.0.7", 6379],
        ["203.0.113.7", 5432],
      ] as const)
        assert.ok(!open(from, address, port), `${from} ${address}:${port}`);
    }
  });

  it("are reached by nobody else, but for the Job that makes the account", () => {
    const others = (Object.keys(workloads) as WorkloadName[]).filter(
      (name) => !shlinks.some((one) => one === name) && name !== "database-account",
    );
    const present = new Set(prod.of("Namespace").map(({ name }) => name));
    for (const name of others.filter((one) => present.has(workloads[one].namespace))) {
      assert.ok(!open(name, "10.20.0.7", 5432), name);
      assert.ok(!open(name, "10.30.0.7", 6380), name);
    }
    assert.ok(open("database-account", "10.20.0.7", 5432));
    assert.ok(!open("database-account", "10.30.0.7", 6380));
    assert.ok(!open("database-account", "203.0.113.7", 443));
  });

  it("leave no policy behind for pods that the stack does not have", () => {
    const names = prod.of("NetworkPolicy").map(({ name }) => name);
    for (const gone of ["pgo", "postgres", "pgbackrest", "redis", "sentinel", "redis-operator"])
      assert.ok(!names.includes(gone), gone);
    assert.ok(names.includes("postgres-default"));
    assert.ok(!names.includes("redis-default"));
  });

  it("are pods of a namespace where they are Services of the cluster", async () => {
    const database = { host: "db.data.svc", networks: undefined };
    const inside = await synth("prod", outside("prod", { database }));
    for (const from of [...shlinks, "database-account"] as const) {
      assert.ok(open(from, databasePods, 5432, policiesOf(inside)), from);
      assert.ok(
        !open(from, { ...databasePods, namespace: "other" }, 5432, policiesOf(inside)),
        from,
      );
      assert.ok(!open(from, "10.20.0.7", 5432, policiesOf(inside)), from);
    }
  });

  it("are reached at every address that sentinels may name, at the servers' port", async () => {
    const sentinels = [{ host: "s1.example.com" }, { host: "s2.example.com" }];
    const servers = { mode: "sentinel", sentinels, tls: false, port: 6390 };
    const behind = policiesOf(await synth("prod", outside("prod", { redis: { servers } })));
    assert.ok(open("shlink", "10.30.0.9", 26_379, behind));
    assert.ok(open("shlink", "10.30.0.9", 6390, behind));
    assert.ok(!open("shlink", "10.30.0.9", redis.servers.port, behind));
  });
});
