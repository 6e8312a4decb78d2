import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const provider = "pulumi:providers:vault::vault";
const mount = "vault:index/mount:Mount::secret";
const login = "vault:index/authBackend:AuthBackend::kubernetes";
const loginConfig = "vault:kubernetes/authBackendConfig:AuthBackendConfig::kubernetes";
const role = (name: string) => `vault:kubernetes/authBackendRole:AuthBackendRole::${name}`;
const policy = (name: string) => `vault:index/policy:Policy::${name}`;
const secret = (name: string) => `vault:kv/secretV2:SecretV2::${name}`;

/** What each namespace's External Secrets may read. */
const readers = {
  "external-secrets": {
    namespace: "shlink",
    paths: ["postgres/shlink", "redis/shlink", "shlink/api-key"],
  },
  "external-secrets-postgres": { namespace: "postgres", paths: ["postgres/shlink"] },
  "external-secrets-redis": { namespace: "redis", paths: ["redis/shlink"] },
};

const access = component("VaultAccess", "vault-access");
const owners = {
  "postgres-shlink": component("Database", "database"),
  "redis-shlink": component("Redis", "redis"),
  "shlink-api-key": component("Shlink", "shlink"),
};

describe("What is inside Vault", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("is one store and one login for all, and a log where that is set", () => {
    const shared = [provider, mount, login, loginConfig];
    const audit = "vault:index/audit:Audit::file";
    assert.deepEqual(dev.children(access), shared.sort());
    assert.deepEqual(prod.children(access), [audit, ...shared].sort());
  });

  it("is a value for each credential, below the component that the credential is for", () => {
    for (const [name, owner] of Object.entries(owners))
      for (const stack of [dev, prod]) {
        assert.deepEqual(stack.children(component("VaultSecret", name)), [secret(name)]);
        assert.equal(stack.resource(component("VaultSecret", name)).parent, owner);
      }
  });

  it("is a policy and a role for each that logs in, below the component that does", () => {
    const logins = Object.keys(readers).map((name) => [name, component("SecretReader", name)]);
    const snapshots = ["vault-snapshot", component("VaultSnapshots", "vault-snapshots")];
    for (const [name = "", owner] of [...logins, snapshots]) {
      assert.equal(prod.resource(component("VaultLogin", name)).parent, owner);
      const children = prod.children(component("VaultLogin", name));
      assert.deepEqual(children, [policy(name), role(name)].sort());
    }
  });

  it("dies with the servers, so that a destroy needs no tunnel", () => {
    const own = prod.children(access).filter((key) => key !== provider);
    const others = [
      ...Object.keys(owners).map(secret),
      ...[...Object.keys(readers), "vault-snapshot"].flatMap((name) => [policy(name), role(name)]),
    ];
    assert.equal(own.length + others.length, 15);
    for (const key of [...own, ...others])
      assert.equal(prod.resource(key).deletedWith, release("vault"), key);
    // What leaves a stack that stays is deleted after the program, whose tunnel is closed by then.
    const leaving = [...others, "vault:index/audit:Audit::file"];
    for (const key of [...own, ...others]) {
      const retained = leaving.includes(key) ? true : undefined;
      assert.equal(prod.resource(key).retainOnDelete, retained, key);
    }
  });

  it("is a versioned store, from which a deleted value goes with all its versions", () => {
    assert.equal(prod.input(mount, "type"), "kv");
    assert.deepEqual(prod.input(mount, "options"), { version: "2" });
    for (const name of ["postgres-shlink", "redis-shlink", "shlink-api-key"]) {
      assert.equal(prod.input(secret(name), "mount"), "secret");
      assert.equal(prod.input(secret(name), "deleteAllVersions"), true);
    }
    assert.equal(prod.input(secret("postgres-shlink"), "name"), "postgres/shlink");
  });

  it("lets the account of each namespace read its own paths, data and metadata, and nothing else", () => {
    for (const [name, { paths }] of Object.entries(readers)) {
      const rules = paths.flatMap((path) => [`secret/data/${path}`, `secret/metadata/${path}`]);
      assert.equal(
        prod.input(policy(name), "policy"),
        rules.map((path) => `path "${path}" { capabilities = ["read"] }\n`).join(""),
      );
    }
  });

  it("binds each role to one account in one namespace, to an audience, and to its own policy", () => {
    for (const [name, { namespace }] of Object.entries(readers)) {
      const at = (input: string) => prod.input(role(name), input);
      assert.equal(at("roleName"), name);
      assert.deepEqual(at("boundServiceAccountNames"), ["external-secrets-sa"]);
      assert.deepEqual(at("boundServiceAccountNamespaces"), [namespace]);
      assert.equal(at("audience"), "vault");
      assert.deepEqual(at("tokenPolicies"), [name]);
      assert.deepEqual([at("tokenTtl"), at("tokenMaxTtl")], [600, 3600]);
    }
  });

  it("stores no reviewer token and no certificate for the login by Kubernetes", () => {
    const inputs = Object.keys(prod.resource(loginConfig).inputs);
    assert.deepEqual(inputs.sort(), ["backend", "kubernetesHost"]);
  });

  it("logs every request to a volume of its own from the first secret on, exactly where the stack says so", () => {
    const volume = (stack: Synthesis) =>
      stack.input(release("vault"), "values", "server", "auditStorage");
    assert.deepEqual([dev.of("Audit"), volume(dev)], [[], undefined]);
    assert.deepEqual(
      prod.of("Audit").map(({ inputs }) => inputs["options"]),
      [{ file_path: "/vault/audit/audit.log" }],
    );
    const { enabled, size, mountPath } = volume(prod) as Record<string, unknown>;
    assert.deepEqual([enabled, size, mountPath], [true, "5Gi", "/vault/audit"]);
    assert.ok(prod.resource(mount).dependsOn.includes("vault:index/audit:Audit::file"));
  });

  it("is reached on the loopback port of the settings, in the scheme that Vault speaks", () => {
    assert.equal(dev.input(provider, "address"), "http://127.0.0.1:18200");
    assert.equal(prod.input(provider, "address"), "https://127.0.0.1:28200");
    assert.equal(prod.input(provider, "tlsServerName"), "vault.vault.svc");
    for (const absent of ["tlsServerName", "caCertFile"])
      assert.equal(dev.input(provider, absent), undefined, absent);
  });

  it("is opened by a token in a file, so that no token is an input", () => {
    assert.equal(prod.input(provider, "token"), undefined);
    const file = prod.input(provider, "authLoginTokenFile");
    assert.match(JSON.stringify(file), /\.run\/vault-token/);
  });

  it("hands readers the authority of Vault's certificate, and none where Vault speaks plaintext", () => {
    const store = "kubernetes:external-secrets.io/v1:SecretStore::external-secrets-store";
    const bundle = (stack: Synthesis) =>
      stack.input(store, "spec", "provider", "vault", "caBundle");
    assert.equal(Buffer.from(String(bundle(prod)), "base64").toString(), "authority");
    assert.equal(bundle(dev), undefined);
  });
});
