import { after, before, beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { canonicalJson } from "../../../local/providers/vault/json.ts";
import { vault as provider } from "../../../local/providers/vault/provider.ts";
import { secret, start, unfinished, unknown, type Engine, type Json } from "./support/engine.ts";
import { FakeVault } from "./support/vault.ts";

const server = new FakeVault();
let engine: Engine;
let address = "";

/** Checks the inputs as the engine would before it creates. */
async function made(urn: string, given: Json) {
  const { inputs, failures } = await engine.check(urn, given);
  assert.deepEqual(failures, {});
  return { inputs, ...(await engine.create(urn, inputs)) };
}

/** What every resource has to keep: neither preview nor refresh finds a difference after `up`. */
async function assertStable(urn: string, { id, state, inputs }: Awaited<ReturnType<typeof made>>) {
  assert.deepEqual((await engine.diff(urn, state, inputs)).diffs, []);
  const read = await engine.read(urn, id, state, inputs);
  assert.deepEqual(read, { id, state, inputs });
}

describe("vault plugin", () => {
  before(async () => {
    address = await server.listen();
    engine = await start(provider);
  });
  beforeEach(async () => {
    server.reset();
    await engine.configure({ address, token: "root", skipChildToken: "true", maxRetries: "0" });
  });
  after(() => {
    engine.close();
    server.close();
  });

  describe("Mount", () => {
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

  describe("Policy", () => {
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

  describe("Audit", () => {
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

  describe("AuthBackend", () => {
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

  describe("kubernetes.AuthBackendConfig", () => {
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

  describe("kubernetes.AuthBackendRole", () => {
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

  describe("kv.SecretV2", () => {
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

  it("writes JSON in one form, whatever its spelling", () => {
    assert.equal(
      canonicalJson('{"b":[{"z":null,"a":true}],"a":"x&y"}'),
      '{"a":"x\\u0026y","b":[{"a":true,"z":null}]}',
    );
  });
});
