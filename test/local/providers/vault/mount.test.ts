import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { unfinished, unknown } from "../support/engine.ts";
import { assertStable, engine, made, server, useVault } from "../support/vault-provider.ts";

describe("vault plugin's Mount", () => {
  useVault();
  const given = { path: "kv", type: "kv", options: { version: "2" }, description: "d" };
  const urn = () => engine.urn("index/mount:Mount");

  it("is made with its options, has its path as id, and is stable", async () => {
    const result = await made(urn(), given);
    assert.equal(result.id, "kv");
    assert.equal(result.state["accessor"], "kv_1");
    assert.deepEqual(result.state["options"], { version: "2" });
    const { body } = server.writes()[0] ?? {};
    assert.deepEqual(body?.["config"], {
      default_lease_ttl: "0s",
      max_lease_ttl: "0s",
      force_no_cache: false,
    });
    await assertStable(urn(), result);
  });

  it("shows in a preview what Vault is going to say as unknown", async () => {
    const { state } = await engine.create(urn(), given, true);
    assert.equal(state["accessor"], unknown);
    assert.equal(state["path"], "kv");
    assert.deepEqual(server.seen, []);
  });

  it("takes kv-v2 for version 2 of kv, without asking for the option", async () => {
    await made(urn(), { path: "kv", type: "kv-v2" });
    Object.assign(server.mounts.get("kv") ?? {}, { type: "kv", options: { version: "2" } });
    const state = { path: "kv", type: "kv-v2" };
    const read = await engine.read(urn(), "kv", state, state);
    assert.equal(read.state["type"], "kv-v2");
    assert.deepEqual(read.state["options"], {});
  });

  it("tunes what can be tuned, in place", async () => {
    const { id, state, inputs } = await made(urn(), given);
    const wanted = { ...inputs, description: "e", maxLeaseTtlSeconds: 60 };
    const diff = await engine.diff(urn(), state, wanted);
    assert.deepEqual(diff.diffs, ["description", "maxLeaseTtlSeconds"]);
    assert.deepEqual(diff.replaces, []);
    const updated = await engine.update(urn(), id, state, wanted);
    assert.equal(updated["description"], "e");
    assert.equal(updated["maxLeaseTtlSeconds"], 60);
  });

  it("moves to another path with what is in it", async () => {
    const { id, state, inputs } = await made(urn(), given);
    const updated = await engine.update(urn(), id, state, { ...inputs, path: "kv2" });
    assert.equal(updated["path"], "kv2");
    assert.deepEqual([...server.mounts.keys()], ["kv2"]);
    // Vault only begins with the move when it answers.
    const asked = server.seen.filter(({ path }) => path.startsWith("sys/remount/status/"));
    assert.equal(asked.length, 2);
    assert.equal((await engine.read(urn(), id, updated, inputs)).state["path"], "kv2");
  });

  it("is replaced when its type changes", async () => {
    const { state, inputs } = await made(urn(), given);
    assert.deepEqual((await engine.diff(urn(), state, { ...inputs, type: "pki" })).replaces, [
      "type",
    ]);
  });

  it("is gone when Vault has no such mount, though Vault calls that a bad request", async () => {
    const { id, state } = await made(urn(), given);
    await engine.delete(urn(), id, state);
    assert.equal((await engine.read(urn(), id, state)).id, "");
  });

  it("tells Vault's reason when the path is taken", async () => {
    await made(urn(), given);
    await assert.rejects(
      engine.create(urn(), given),
      /^Error: error writing to Vault: .*URL: POST .*Code: 400\. Errors:\n\n\* path is already in use at kv\/$/s,
    );
  });

  it("stays in the state when it was made but could not be read", async () => {
    server.trouble.set("GET sys/mounts/kv", [
      { status: 403, body: { errors: ["permission denied"] } },
    ]);
    const error = await engine.create(urn(), given).catch((e: unknown) => e);
    const left = unfinished(error);
    assert.equal(left.id, "kv");
    assert.equal(left.state["path"], "kv");
    assert.match(left.reasons[0] ?? "", /permission denied/);
  });
});
