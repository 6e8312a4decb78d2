import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { assertStable, engine, made, server, useVault } from "../support/vault-provider.ts";

describe("vault plugin's Policy", () => {
  useVault();
  const given = { name: "reader", policy: 'path "a" { capabilities = ["read"] }\n' };
  const urn = () => engine.urn("index/policy:Policy", "rules");

  it("is written as it stands, has its name as id, and is stable", async () => {
    const result = await made(urn(), given);
    assert.equal(result.id, "reader");
    assert.deepEqual(server.store.get("sys/policies/acl/reader"), { policy: given.policy });
    await assertStable(urn(), result);
  });

  it("is made again by an update when somebody deleted it, like the real one", async () => {
    const { id, state, inputs } = await made(urn(), given);
    server.store.clear();
    const read = await engine.read(urn(), id, state, inputs);
    assert.equal(read.id, "reader");
    assert.equal(read.state["policy"], "");
    assert.deepEqual((await engine.diff(urn(), read.state, inputs)).detailed, {
      policy: "UPDATE",
    });
    await engine.update(urn(), id, read.state, inputs);
    assert.deepEqual(server.store.get("sys/policies/acl/reader"), { policy: given.policy });
  });

  it("gets a name from the resource's when the program gives none", async () => {
    const { inputs } = await engine.check(urn(), { policy: "" });
    assert.match(inputs["name"] as string, /^rules-[0-9a-f]{7}$/);
  });
});
