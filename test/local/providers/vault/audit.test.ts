import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Json } from "../support/engine.ts";
import { assertStable, engine, made, server, useVault } from "../support/vault-provider.ts";

describe("vault plugin's Audit", () => {
  useVault();
  const given = { type: "file", options: { file_path: "/vault/audit/audit.log" } };
  const urn = () => engine.urn("index/audit:Audit");

  it("lies at its type when no path is given, and is stable", async () => {
    const result = await made(urn(), given);
    assert.equal(result.id, "file");
    assert.deepEqual(server.writes(), [
      {
        method: "PUT",
        path: "sys/audit/file",
        body: { ...given, description: "", local: false },
      },
    ]);
    await assertStable(urn(), result);
  });

  it("is replaced whatever changes", async () => {
    const { state, inputs } = await made(urn(), given);
    const changes: Json[] = [{ path: "other" }, { description: "d" }, { options: { a: "b" } }];
    for (const change of changes) {
      const { replaces } = await engine.diff(urn(), state, { ...inputs, ...change });
      assert.deepEqual(replaces, Object.keys(change));
    }
  });

  it("is gone when Vault does not list it", async () => {
    const { id, state } = await made(urn(), given);
    await engine.delete(urn(), id, state);
    assert.equal(server.audits.size, 0);
    assert.equal((await engine.read(urn(), id, state)).id, "");
  });

  it("tells Vault's reason when the file cannot be written, and keeps nothing", async () => {
    const errors = ["sanity check failed; unable to open for writing"];
    server.trouble.set("PUT sys/audit/file", [{ status: 400, body: { errors } }]);
    await assert.rejects(
      engine.create(urn(), given),
      /^Error: error enabling audit backend: .*Code: 400.*unable to open for writing$/s,
    );
  });
});
