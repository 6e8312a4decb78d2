import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { secret, unknown, type Json } from "../support/engine.ts";
import { assertStable, engine, made, server, useVault } from "../support/vault-provider.ts";

describe("vault plugin's kv.SecretV2", () => {
  useVault();
  const urn = () => engine.urn("kv/secretV2:SecretV2", "db");
  const given = { mount: "kv", name: "a/b", dataJson: secret('{ "b": "<2>", "a": 1 }') };

  beforeEach(() => {
    server.mounts.set("kv", { type: "kv", description: "", options: {}, config: {} });
  });

  it("writes the values, has its path as id, and is stable", async () => {
    const result = await made(urn(), given);
    assert.equal(result.id, "kv/data/a/b");
    assert.deepEqual(server.writes().at(-1)?.body, {
      data: { a: 1, b: "<2>" },
      cas: 0,
      options: {},
    });
    await assertStable(urn(), result);
  });

  it("keeps the values secret, in one spelling, and gives metadata as words", async () => {
    const { state } = await made(urn(), given);
    assert.deepEqual(state["dataJson"], secret('{"a":1,"b":"\\u003c2\\u003e"}'));
    assert.deepEqual(state["data"], secret({}));
    assert.deepEqual(state["metadata"], {
      created_time: "now",
      custom_metadata: "null",
      deletion_time: "",
      destroyed: "false",
      version: "1",
    });
    const custom = { maxVersions: 0, casRequired: false, deleteVersionAfter: 0 };
    assert.deepEqual(state["customMetadata"], custom);
  });

  it("writes a new version when a value changes, and not when only the spelling does", async () => {
    const { id, state, inputs } = await made(urn(), given);
    const respelled = { ...inputs, dataJson: secret('{"a":1,"b":"<2>"}') };
    assert.equal((await engine.diff(urn(), state, respelled)).changes, "none");
    const changed = { ...inputs, dataJson: secret('{"a":2}') };
    assert.deepEqual((await engine.diff(urn(), state, changed)).detailed, { dataJson: "UPDATE" });
    const shown = await engine.update(urn(), id, state, changed, true);
    assert.deepEqual(shown["metadata"], state["metadata"]);
    const updated = await engine.update(urn(), id, state, changed);
    assert.equal((updated["metadata"] as Json)["version"], "2");
  });

  it("does not see values that were changed in Vault, only their version", async () => {
    const { id, state, inputs } = await made(urn(), given);
    server.secrets.get("kv/a/b")!.value = { a: "by hand" };
    server.secrets.get("kv/a/b")!.metadata["version"] = 2;
    const read = await engine.read(urn(), id, state, inputs);
    assert.deepEqual(read.state["dataJson"], state["dataJson"]);
    assert.equal((read.state["metadata"] as Json)["version"], "2");
    assert.equal((await engine.diff(urn(), read.state, inputs)).changes, "none");
  });

  it("takes a deleted version for there, and a destroyed secret for gone", async () => {
    const { id, state, inputs } = await made(urn(), given);
    await engine.delete(urn(), id, state);
    assert.deepEqual(server.writes().at(-1)?.path, "kv/data/a/b");
    assert.equal((await engine.read(urn(), id, state, inputs)).id, id);
    await engine.delete(urn(), id, { ...state, deleteAllVersions: true });
    assert.deepEqual(server.writes().at(-1)?.path, "kv/metadata/a/b");
    assert.equal((await engine.read(urn(), id, state, inputs)).id, "");
  });

  it("reads nothing when reading is disabled", async () => {
    const result = await made(urn(), { ...given, disableRead: true });
    const reads = server.seen.filter(
      ({ method, path }) => method === "GET" && path.startsWith("kv/"),
    );
    assert.deepEqual(reads, []);
    assert.equal(result.state["metadata"], undefined);
    await assertStable(urn(), result);
  });

  it("writes metadata of one's own", async () => {
    const customMetadata = {
      maxVersions: 5,
      casRequired: true,
      deleteVersionAfter: 60,
      data: { a: "b" },
    };
    await made(urn(), { ...given, customMetadata });
    assert.deepEqual(server.writes().at(-1), {
      method: "PUT",
      path: "kv/metadata/a/b",
      body: {
        max_versions: 5,
        cas_required: true,
        delete_version_after: "60s",
        custom_metadata: { a: "b" },
      },
    });
  });

  for (const bad of ["not json", "[1]", '"text"', "null"]) {
    it(`refuses ${JSON.stringify(bad)} as values, without showing it`, async () => {
      const { failures } = await engine.check(urn(), { ...given, dataJson: secret(bad) });
      assert.equal(failures["dataJson"], '"dataJson" must be a JSON object');
    });
  }

  it("shows an unknown value in a preview as an unknown secret", async () => {
    const { inputs } = await engine.check(urn(), { ...given, dataJson: secret(unknown) });
    const { state } = await engine.create(urn(), inputs, true);
    assert.deepEqual(state["dataJson"], secret(unknown));
    assert.deepEqual(state["data"], secret(unknown));
    assert.equal(state["metadata"], unknown);
  });

  it("is replaced when its place changes", async () => {
    const { state, inputs } = await made(urn(), given);
    const diff = await engine.diff(urn(), state, { ...inputs, mount: "kv2", name: "c" });
    assert.deepEqual(diff.replaces, ["mount", "name"]);
  });
});
