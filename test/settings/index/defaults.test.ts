import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parseSettings, type Settings } from "../../../settings/index.ts";

/** The shortest stack file: what no default can know. */
const shortest = {
  cluster: { context: "c", storageClass: "s", apiServer: ["10.0.0.1/32"] },
  database: { storage: "1Gi", backups: { mode: "none" } },
  routing: { hosts: ["s.example.com"], tls: { mode: "secret", credentialName: "t" } },
  observability: { mode: "monitors" },
};

function parse(change: Record<string, unknown> = {}): Settings {
  return parseSettings("f", { ...shortest, ...change });
}

function without(path: string): unknown {
  const copy = structuredClone(shortest) as Record<string, Record<string, unknown>>;
  const [section = "", key] = path.split(".");
  if (key === undefined) Reflect.deleteProperty(copy, section);
  else Reflect.deleteProperty(copy[section] ?? {}, key);
  return copy;
}

describe("What a stack file leaves out", () => {
  it("is what keeps secrets and data safe", () => {
    const { vault, database, mesh, cluster, redis, shlink, ...rest } = parse();
    assert.ok(vault.mode === "install");
    assert.ok(database.mode === "crunchy" && redis.mode === "operator");
    assert.deepEqual(vault.tls, { mode: "internal", validityDays: 365, renewBeforeDays: 90 });
    assert.deepEqual(vault.seal, { mode: "shamir", keyShares: 5, keyThreshold: 3 });
    assert.deepEqual(vault.audit, { mode: "file", storage: "5Gi", maxSize: "512Mi", keep: 8 });
    assert.equal(vault.snapshots.mode, "volume");
    assert.equal(cluster.mutatingAdmission, "v1");
    assert.equal(cluster.networkPolicies, "standard");
    assert.equal(mesh.cni, true);
    assert.equal(shlink.resolveTitles, false);
    assert.equal(database.synchronous, true);
    assert.equal(rest.routing.trustedProxies, 0);
    assert.equal(rest.admissionPolicies, true);
    assert.equal(rest.protectData, true);
    assert.ok(mesh.mode === "install");
    const { istiod, gateway } = mesh;
    const counts = [vault, redis, shlink, rest.externalSecrets, istiod, gateway];
    assert.deepEqual(
      counts.map((one) => "replicas" in one && one.replicas),
      [3, 3, 3, 2, 2, 2],
    );
  });

  it("is filled in beside what it says", () => {
    const { vault } = parse({ vault: { replicas: 5, requests: { cpu: "1" } } });
    assert.ok(vault.mode === "install");
    assert.equal(vault.replicas, 5);
    assert.deepEqual(vault.requests, { cpu: "1", memory: "512Mi" });
    assert.equal(vault.tls.mode, "internal");
  });

  for (const path of [
    "cluster",
    "cluster.context",
    "cluster.storageClass",
    "cluster.apiServer",
    "database",
    "database.storage",
    "database.backups",
    "routing",
    "routing.hosts",
    "routing.tls",
    "observability",
  ])
    it(`is refused when it is ${path}, which no default can know`, () => {
      assert.throws(
        () => parseSettings("f", without(path)),
        ({ message }: Error) => message.includes(`\n  ${path}: `),
      );
    });

  it("lets the stack file of production be read at a glance", () => {
    const lines = readFileSync("Pulumi.prod.yaml", "utf8").trimEnd().split("\n");
    assert.ok(lines.length <= 25, `Pulumi.prod.yaml has ${lines.length} lines`);
  });
});
