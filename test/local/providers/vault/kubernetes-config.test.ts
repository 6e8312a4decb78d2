import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { vault as provider } from "../../../../local/providers/vault/provider.ts";
import { start, secret } from "../support/engine.ts";
import { assertStable, engine, made, server, useVault } from "../support/vault-provider.ts";

describe("vault plugin's kubernetes.AuthBackendConfig", () => {
  useVault();
  const urn = () => engine.urn("kubernetes/authBackendConfig:AuthBackendConfig");
  const given = { backend: "/k8s/", kubernetesHost: "https://api" };
  const path = "auth/k8s/config";

  beforeEach(() => {
    server.auths.set("k8s", { type: "kubernetes", description: "", options: {}, config: {} });
  });

  it("sends no reviewer token, and what is not chosen as a no, like the real one", async () => {
    const result = await made(urn(), given);
    assert.equal(result.id, path);
    assert.deepEqual(server.writes().at(-1), {
      method: "PUT",
      path,
      body: {
        kubernetes_host: "https://api",
        disable_iss_validation: false,
        use_annotations_as_alias_metadata: false,
      },
    });
    assert.equal(result.state["backend"], "k8s");
    await assertStable(urn(), result);
  });

  it("keeps what Vault does not give back, as a secret", async () => {
    const result = await made(urn(), { ...given, tokenReviewerJwt: "jwt" });
    assert.deepEqual(result.state["tokenReviewerJwt"], secret("jwt"));
    assert.equal(server.writes().at(-1)?.body?.["token_reviewer_jwt"], "jwt");
    await assertStable(urn(), result);
  });

  it("takes a certificate out that the program does not name", async () => {
    const { id, state, inputs } = await made(urn(), given);
    const stale = { ...state, kubernetesCaCert: "old" };
    assert.deepEqual((await engine.diff(urn(), stale, inputs)).diffs, ["kubernetesCaCert"]);
    const updated = await engine.update(urn(), id, stale, inputs);
    assert.equal(updated["kubernetesCaCert"], "");
  });

  it("needs the server even for a preview, once it is there", async () => {
    const { state, inputs } = await made(urn(), given);
    const other = await start(provider);
    await other.configure({ address: "http://127.0.0.1:1", token: "t", maxRetries: "0" });
    await assert.rejects(
      other.diff(urn(), state, inputs),
      /could not determine the Vault server version/,
    );
    other.close();
  });

  it("does not tell an old server about alias metadata", async () => {
    server.version = "1.15.6";
    await made(urn(), given);
    assert.ok(!("use_annotations_as_alias_metadata" in (server.writes().at(-1)?.body ?? {})));
  });

  it("is deleted without a call, because Vault has none for it", async () => {
    const { id, state } = await made(urn(), given);
    server.seen.length = 0;
    await engine.delete(urn(), id, state);
    assert.deepEqual(server.seen, []);
  });

  it("is gone with its backend", async () => {
    const { id, state } = await made(urn(), given);
    server.auths.clear();
    assert.equal((await engine.read(urn(), id, state)).id, "");
  });
});
