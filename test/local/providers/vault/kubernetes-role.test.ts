import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { assertStable, engine, made, server, useVault } from "../support/vault-provider.ts";

describe("vault plugin's kubernetes.AuthBackendRole", () => {
  useVault();
  const urn = () => engine.urn("kubernetes/authBackendRole:AuthBackendRole");
  const given = {
    backend: "k8s",
    roleName: "eso",
    boundServiceAccountNames: ["sa"],
    boundServiceAccountNamespaces: ["shlink", "postgres"],
    audience: "vault",
    tokenPolicies: ["reader"],
    tokenTtl: 600,
    tokenMaxTtl: 3600,
  };

  beforeEach(() => {
    server.auths.set("k8s", { type: "kubernetes", description: "", options: {}, config: {} });
  });

  it("is written under Vault's names, has its path as id, and is stable", async () => {
    const result = await made(urn(), given);
    assert.equal(result.id, "auth/k8s/role/eso");
    assert.deepEqual(server.store.get(result.id), {
      bound_service_account_names: ["sa"],
      bound_service_account_namespaces: ["shlink", "postgres"],
      bound_service_account_namespace_selector: "",
      audience: "vault",
      token_policies: ["reader"],
      token_ttl: 600,
      token_max_ttl: 3600,
      token_type: "default",
    });
    await assertStable(urn(), result);
  });

  it("does not care about the order of names", async () => {
    const { state, inputs } = await made(urn(), given);
    const other = { ...inputs, boundServiceAccountNamespaces: ["postgres", "shlink"] };
    assert.equal((await engine.diff(urn(), state, other)).changes, "none");
  });

  it("sends with an update what changed and whom the role is for", async () => {
    const { id, state, inputs } = await made(urn(), given);
    await engine.update(urn(), id, state, { ...inputs, tokenTtl: 300, audience: "" });
    assert.deepEqual(server.writes().at(-1)?.body, {
      bound_service_account_names: ["sa"],
      bound_service_account_namespaces: ["shlink", "postgres"],
      bound_service_account_namespace_selector: "",
      token_ttl: 300,
      audience: "",
    });
  });

  it("writes single addresses as networks, as the program does", async () => {
    const result = await made(urn(), { ...given, tokenBoundCidrs: ["10.0.0.1/32"] });
    Object.assign(server.store.get(result.id) ?? {}, { token_bound_cidrs: ["10.0.0.1"] });
    await assertStable(urn(), result);
  });

  it("can be deleted when it is gone already", async () => {
    const { id, state } = await made(urn(), given);
    server.trouble.set(`DELETE ${id}`, [{ status: 404, body: { errors: [] } }]);
    await engine.delete(urn(), id, state);
    server.store.clear();
    assert.equal((await engine.read(urn(), id, state)).id, "");
  });

  it("refuses an id that is none of a role", async () => {
    await assert.rejects(
      engine.read(urn(), "eso"),
      /invalid path "eso" for Kubernetes auth backend role/,
    );
  });
});
