import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vault as provider } from "../../../../local/providers/vault/provider.ts";
import { freePort } from "../../substitutes/integration/postgres.ts";
import { secret, start, type Engine, type Json } from "../support/engine.ts";
import { DevVault, findTool } from "./tools.ts";
import { newAuthority } from "../../../support/certificates.ts";
import { skip } from "../../../support/skip.ts";

const binary = findTool("bao");

describe("vault plugin with a real OpenBao", function () {
  this.timeout(60_000);
  if (binary === undefined) return skip("the binary `bao` is neither on the PATH nor in the cache");

  let server: DevVault;
  let engine: Engine;

  before(async () => {
    server = new DevVault(binary, await freePort());
    await server.start();
    engine = await start(provider);
    await engine.configure({ address: server.address, token: "root", skipChildToken: "false" });
  });
  after(async () => {
    engine.close();
    await server.stop();
  });

  /** Made, found without a difference, changed, found again, deleted, found to be gone. */
  async function live(
    type: string,
    given: Json,
    change: Json,
  ): Promise<{ id: string; state: Json }> {
    const urn = engine.urn(type);
    const { inputs } = await engine.check(urn, given);
    const { id, state } = await engine.create(urn, inputs);
    assert.deepEqual((await engine.diff(urn, state, inputs)).diffs, []);
    assert.deepEqual(await engine.read(urn, id, state, inputs), { id, state, inputs });
    const { inputs: wanted } = await engine.check(urn, { ...given, ...change }, inputs);
    assert.deepEqual((await engine.diff(urn, state, wanted)).diffs, Object.keys(change).sort());
    const updated = await engine.update(urn, id, state, wanted);
    assert.deepEqual((await engine.diff(urn, updated, wanted)).diffs, []);
    assert.deepEqual((await engine.read(urn, id, updated, wanted)).state, updated);
    const imported = await engine.read(urn, id);
    assert.equal(imported.id, id);
    return { id, state: updated };
  }

  async function die(
    type: string,
    { id, state }: { id: string; state: Json },
    leaves = "",
  ): Promise<void> {
    const urn = engine.urn(type);
    await engine.delete(urn, id, state);
    assert.equal((await engine.read(urn, id, state)).id, leaves);
  }

  it("leads a mount and a secret in it through their lives", async () => {
    const options = { version: "2" };
    const mount = await live(
      "index/mount:Mount",
      { path: "kv", type: "kv", options, description: "a" },
      { description: "b", maxLeaseTtlSeconds: 3600 },
    );
    const kept = await live(
      "kv/secretV2:SecretV2",
      { mount: "kv", name: "a/b", dataJson: secret('{"a":"1"}'), deleteAllVersions: true },
      { dataJson: secret('{"a":"2","b":[1,{"c":null}]}') },
    );
    const { data } = await server.call("GET", "kv/data/a/b");
    assert.deepEqual((data as Json)["data"], { a: "2", b: [1, { c: null }] });
    assert.equal((kept.state["metadata"] as Json)["version"], "2");
    await die("kv/secretV2:SecretV2", kept);
    await die("index/mount:Mount", mount);
  });

  it("writes metadata of one's own and reads it back", async () => {
    await server.call("POST", "sys/mounts/meta", { type: "kv", options: { version: "2" } });
    const customMetadata = {
      maxVersions: 3,
      casRequired: true,
      deleteVersionAfter: 3720,
      data: { a: "b" },
    };
    const given = { mount: "meta", name: "x", dataJson: "{}", customMetadata };
    const urn = engine.urn("kv/secretV2:SecretV2");
    const { id, state } = await engine.create(urn, given);
    assert.deepEqual(state["customMetadata"], customMetadata);
    assert.equal((await engine.diff(urn, state, given)).changes, "none");
    assert.equal(id, "meta/data/x");
  });

  it("leads an audit device through its life, and leaves none that cannot write", async () => {
    const urn = engine.urn("index/audit:Audit");
    const given = { type: "file", options: { file_path: join(server.folder, "audit.log") } };
    const { inputs } = await engine.check(urn, given);
    const { id, state } = await engine.create(urn, inputs);
    assert.deepEqual((await engine.diff(urn, state, inputs)).diffs, []);
    assert.deepEqual(await engine.read(urn, id, state, inputs), { id, state, inputs });
    await server.call("GET", "sys/mounts");
    assert.match(readFileSync(join(server.folder, "audit.log"), "utf8"), /"path":"sys\/mounts"/);
    await die("index/audit:Audit", { id, state });
    const unwritable = { ...given, options: { file_path: join(server.folder, "bao.hcl/x") } };
    await assert.rejects(engine.create(urn, unwritable), /error enabling audit backend/);
    assert.equal((await engine.read(urn, id, state)).id, "");
  });

  it("leads a policy through its life", async () => {
    const rules = (path: string) => `path "${path}" { capabilities = ["read"] }\n`;
    const policy = await live(
      "index/policy:Policy",
      { name: "reader", policy: rules("a") },
      { policy: rules("b") },
    );
    await die("index/policy:Policy", policy, "reader");
  });

  it("leads a Kubernetes login with its settings and a role through their lives", async () => {
    const { certificate } = await newAuthority();
    const backend = await live(
      "index/authBackend:AuthBackend",
      { type: "kubernetes", path: "k8s", description: "a" },
      { description: "b", tune: { maxLeaseTtl: "2h", tokenType: "default-service" } },
    );
    const config = await live(
      "kubernetes/authBackendConfig:AuthBackendConfig",
      {
        backend: "k8s",
        kubernetesHost: "https://a",
        kubernetesCaCert: certificate,
        disableLocalCaJwt: true,
      },
      { kubernetesHost: "https://b", disableIssValidation: true },
    );
    const role = await live(
      "kubernetes/authBackendRole:AuthBackendRole",
      {
        backend: "k8s",
        roleName: "eso",
        boundServiceAccountNames: ["sa"],
        boundServiceAccountNamespaces: ["shlink", "postgres", "redis"],
        audience: "vault",
        tokenPolicies: ["reader", "writer"],
        tokenTtl: 600,
        tokenBoundCidrs: ["10.0.0.1/32", "10.1.0.0/16"],
      },
      { audience: "", tokenTtl: 0, boundServiceAccountNamespaces: ["redis"], tokenMaxTtl: 60 },
    );
    await die("kubernetes/authBackendRole:AuthBackendRole", role);
    await die("index/authBackend:AuthBackend", backend);
    const urn = engine.urn("kubernetes/authBackendConfig:AuthBackendConfig");
    assert.equal((await engine.read(urn, config.id, config.state)).id, "");
  });

  it("moves a login to another path with its settings", async () => {
    const urn = engine.urn("index/authBackend:AuthBackend");
    const { inputs } = await engine.check(urn, { type: "kubernetes", path: "old" });
    const { id, state } = await engine.create(urn, inputs);
    const updated = await engine.update(urn, id, state, { ...inputs, path: "new" });
    assert.equal(updated["path"], "new");
    assert.equal(updated["accessor"], state["accessor"]);
    await engine.delete(urn, id, updated);
  });
});
