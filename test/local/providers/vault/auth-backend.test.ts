import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { assertStable, engine, made, useVault } from "../support/vault-provider.ts";

describe("vault plugin's AuthBackend", () => {
  useVault();
  const urn = () => engine.urn("index/authBackend:AuthBackend");

  it("lies at its type when no path is given, and is stable", async () => {
    const result = await made(urn(), { type: "kubernetes" });
    assert.equal(result.id, "kubernetes");
    assert.equal(result.state["accessor"], "kubernetes_1");
    assert.deepEqual(result.state["tune"], {
      defaultLeaseTtl: "768h",
      maxLeaseTtl: "768h",
      listingVisibility: "",
      tokenType: "default-service",
    });
    await assertStable(urn(), result);
  });

  it("keeps a given tuning in the program's words", async () => {
    const result = await made(urn(), {
      type: "kubernetes",
      path: "k",
      tune: { maxLeaseTtl: "90m" },
    });
    assert.deepEqual(result.state["tune"], {
      defaultLeaseTtl: "",
      maxLeaseTtl: "90m",
      listingVisibility: "",
      tokenType: "",
    });
    await assertStable(urn(), result);
  });

  it("moves when its path changes, unless it must not be moved", async () => {
    const { id, state, inputs } = await made(urn(), { type: "kubernetes", path: "k" });
    const wanted = { ...inputs, path: "k8s" };
    assert.deepEqual((await engine.diff(urn(), state, wanted)).replaces, []);
    const updated = await engine.update(urn(), id, state, wanted);
    assert.equal(updated["path"], "k8s");
    const still = await engine.diff(urn(), state, { ...wanted, disableRemount: true });
    assert.deepEqual(still.replaces, ["path"]);
  });

  it("refuses a path with a slash at an end, and unknown words in the tuning", async () => {
    const { failures } = await engine.check(urn(), {
      type: "kubernetes",
      path: "k/",
      tune: { ttl: "1" },
    });
    assert.match(failures["path"] ?? "", /must not begin or end with a slash/);
    assert.equal(failures["tune"], '"tune" has no "ttl"');
  });

  it("is gone when Vault has none at the path", async () => {
    const { id, state } = await made(urn(), { type: "kubernetes" });
    await engine.delete(urn(), id, state);
    assert.equal((await engine.read(urn(), id, state)).id, "");
  });
});
