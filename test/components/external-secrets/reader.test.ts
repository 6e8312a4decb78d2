import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { goDuration } from "../../../components/external-secrets/reader.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const external = (kind: string, name: string) =>
  `kubernetes:external-secrets.io/v1:${kind}::${name}`;
const rbac = (kind: string, name: string) =>
  `kubernetes:rbac.authorization.k8s.io/v1:${kind}::${name}`;
interface Rule {
  resources: string[];
  verbs: string[];
}
const account = (name: string) => `kubernetes:core/v1:ServiceAccount::${name}-account`;
const value = (name: string) => `vault:kv/secretV2:SecretV2::${name}`;

/** Each namespace's reader, with what it copies. */
const readers = {
  "external-secrets": { namespace: "shlink", sync: "shlink-secrets", target: "shlink-secrets" },
  "external-secrets-postgres": {
    namespace: "postgres",
    sync: "db-user-sync",
    target: "shlink-db-pguser-shlink",
  },
  "external-secrets-redis": { namespace: "redis", sync: "redis-auth", target: "shlink-redis-auth" },
};

describe("A namespace's way to Vault", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod");
  });

  for (const [name, { namespace, sync, target }] of Object.entries(readers))
    describe(`in ${namespace}`, () => {
      const store = external("SecretStore", `${name}-store`);
      const copy = external("ExternalSecret", sync);

      it("is an account, its login, a store, what is copied, and the operator's right to do that", () => {
        const rights = ["Role", "RoleBinding"].map((kind) => rbac(kind, `${name}-sync`));
        const own = [account(name), store, copy, ...rights];
        const children = prod.children(component("SecretReader", name));
        assert.deepEqual(children, [...own, component("VaultLogin", name)].sort());
        for (const key of own) assert.equal(prod.input(key, "metadata", "namespace"), namespace);
      });

      it("logs in with that account, which no pod gets a token of", () => {
        assert.equal(prod.input(account(name), "metadata", "name"), "external-secrets-sa");
        assert.equal(prod.input(account(name), "automountServiceAccountToken"), false);
        const login = prod.input(store, "spec", "provider", "vault", "auth", "kubernetes");
        assert.deepEqual(login, {
          mountPath: "kubernetes",
          role: name,
          serviceAccountRef: { name: "external-secrets-sa", audiences: ["vault"] },
        });
      });

      it("lets the operator make tokens of that account only, before the store needs one", () => {
        const rules = prod.input(rbac("Role", `${name}-sync`), "rules") as Rule[];
        assert.deepEqual(
          rules.filter(({ resources }) => resources.includes("serviceaccounts/token")),
          [
            {
              apiGroups: [""],
              resources: ["serviceaccounts/token"],
              verbs: ["create"],
              resourceNames: ["external-secrets-sa"],
            },
          ],
        );
        const binding = rbac("RoleBinding", `${name}-sync`);
        assert.deepEqual(prod.input(binding, "subjects"), [
          { kind: "ServiceAccount", name: "external-secrets", namespace: "external-secrets" },
        ]);
        assert.equal(prod.input(binding, "roleRef", "name"), "external-secrets-sync");
        assert.ok(prod.resource(store).dependsOn.includes(binding));
      });

      it("is a store named vault-backend for version 2 of the mount, waited for until it is ready", () => {
        assert.equal(prod.input(store, "metadata", "name"), "vault-backend");
        assert.equal(prod.input(store, "spec", "provider", "vault", "path"), "secret");
        assert.equal(prod.input(store, "spec", "provider", "vault", "version"), "v2");
        const wait = prod.input(store, "metadata", "annotations", "pulumi.com/waitFor");
        assert.equal(wait, "condition=Ready");
        assert.ok(prod.resource(store).dependsOn.includes(account(name)));
      });

      it("copies into its Secret from that store, and is done when the copy is there", () => {
        assert.equal(prod.input(copy, "spec", "target", "name"), target);
        assert.deepEqual(prod.input(copy, "spec", "secretStoreRef"), {
          name: "vault-backend",
          kind: "SecretStore",
        });
        // A PostgresCluster made anew must not wait an hour for its user's password.
        const interval = name === "external-secrets-postgres" ? "1m0s" : "1h0m0s";
        assert.equal(prod.input(copy, "spec", "refreshInterval"), interval);
        assert.ok(prod.resource(copy).dependsOn.includes(store));
        const wait = prod.input(copy, "metadata", "annotations", "pulumi.com/waitFor");
        assert.match(String(wait), /\.reason\}=SecretSynced$/);
      });
    });

  it("copies after the values are in Vault, and again when one of them has a new version", () => {
    const copy = external("ExternalSecret", "shlink-secrets");
    const { dependsOn } = prod.resource(copy);
    for (const name of ["postgres-shlink", "redis-shlink", "shlink-api-key"])
      assert.ok(dependsOn.includes(value(name)), name);
    assert.equal(prod.input(copy, "metadata", "annotations", "force-sync"), "1-1-1");
  });

  it("copies each key of Shlink's Secret from the one place where it begins", () => {
    const data = prod.input(external("ExternalSecret", "shlink-secrets"), "spec", "data");
    const from = (secretKey: string, key: string, property: string) => ({
      secretKey,
      remoteRef: { key, property },
    });
    assert.deepEqual(data, [
      from("db-password", "postgres/shlink", "password"),
      from("redis-password", "redis/shlink", "password"),
      from("api-key", "shlink/api-key", "key"),
    ]);
  });

  it("says durations as External Secrets writes them itself, so that it takes no field over", () => {
    const forms = { "30s": "30s", "1m": "1m0s", "90s": "1m30s", "1h": "1h0m0s", "90m": "1h30m0s" };
    for (const [given, written] of Object.entries(forms)) assert.equal(goDuration(given), written);
  });
});
