import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { authority, database, replaced } from "../../support/outside.ts";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const job = "kubernetes:batch/v1:Job::database-account";
const sync = "kubernetes:external-secrets.io/v1:ExternalSecret::database-account-secret";
const deployment = "kubernetes:apps/v1:Deployment::shlink";
const template = ["spec", "template"] as const;
const pod = [...template, "spec"] as const;

interface Container {
  env: { name: string; value: string }[];
  volumeMounts: { name: string; mountPath: string }[];
}

describe("A database outside", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod", replaced("prod", "database", database));
  });
  const container = (stack: Synthesis, key: string) =>
    stack.input(key, ...pod, "containers", 0) as Container;
  const variables = (stack: Synthesis, key: string) =>
    Object.fromEntries(container(stack, key).env.map(({ name, value }) => [name, value]));
  const changed = (own: object) =>
    synth("prod", replaced("prod", "database", { ...database, ...own }));

  it("is one password with its salt, its way to the account's Job, and nothing of PGO", () => {
    assert.deepEqual(
      prod.children(component("OutsideDatabase", "database")),
      [
        "random:index/randomPassword:RandomPassword::db-password",
        "random:index/randomBytes:RandomBytes::db-salt",
        component("VaultSecret", "postgres-shlink"),
        component("SecretReader", "external-secrets-postgres"),
        "kubernetes:core/v1:ConfigMap::database-account-scripts",
        "kubernetes:core/v1:ConfigMap::database-authority",
        job,
      ].sort(),
    );
    const text = prod.text();
    for (const own of [
      "PostgresCluster",
      "postgresql:",
      '"postgres-operator"',
      "helm.sh/v3:Release::pgo",
    ])
      assert.ok(!text.includes(own), own);
  });

  it("gets of the password nothing but the verifier, and a new Job for a new one", () => {
    assert.deepEqual(prod.input(sync, "spec", "data"), [
      { secretKey: "verifier", remoteRef: { key: "postgres/shlink", property: "verifier" } },
    ]);
    assert.ok(prod.resource(job).dependsOn.includes(sync));
    const annotations = prod.input(job, ...template, "metadata", "annotations");
    assert.deepEqual(annotations, { "shlink-platform/secrets": "1" });
  });

  it("is told of by addresses and files, the administrator's login among them", () => {
    assert.deepEqual(variables(prod, job), {
      DB_HOST: "db.example.com",
      DB_PORT: "5432",
      DB_NAME: "shlink",
      DB_USER: "shlink",
      ADMIN_FOLDER: "/run/secrets/admin",
      ADMIN_SECRET_NAME: "postgres/db-admin",
      VERIFIER_FILE: "/run/secrets/account/verifier",
      AUTHORITY_FILE: "/run/config/postgres/ca.crt",
    });
    const volumes = prod.input(job, ...pod, "volumes") as { name: string; secret?: object }[];
    const admin = { secretName: "db-admin", defaultMode: 0o440 };
    assert.deepEqual(volumes.find(({ name }) => name === "admin")?.secret, admin);
    assert.deepEqual(
      container(prod, job).volumeMounts.map(({ mountPath }) => mountPath),
      ["/scripts", "/run/config/postgres", "/run/secrets/account", "/run/secrets/admin"],
    );
  });

  it("is reached by Shlink under its own name, verified in full", () => {
    const { DB_HOST, DB_PORT, DB_NAME, DB_USER, PGSSLMODE } = variables(prod, deployment);
    assert.deepEqual(
      [DB_HOST, DB_PORT, DB_NAME, DB_USER, PGSSLMODE],
      ["db.example.com", "5432", "shlink", "shlink", "verify-full"],
    );
    const data = prod.input("kubernetes:core/v1:ConfigMap::shlink-db-ca", "data");
    assert.deepEqual(data, { "ca.crt": authority });
    const order = prod.resource(component("Shlink", "shlink")).dependsOn;
    assert.ok(order.includes(component("OutsideDatabase", "database")));
  });

  it("has its authority from an object where that is named", async () => {
    for (const [mode, volume] of [
      ["configMap", { configMap: { name: "rds", items: [{ key: "pem", path: "ca.crt" }] } }],
      ["secret", { secret: { secretName: "rds", items: [{ key: "pem", path: "ca.crt" }] } }],
    ] as const) {
      const tls = { mode: "verified", authority: { mode, name: "rds", key: "pem" } };
      const stack = await changed({ tls });
      for (const key of [job, deployment]) {
        const volumes = stack.input(key, ...pod, "volumes") as { name: string }[];
        const own = volumes.find(({ name }) => name === "authority");
        assert.deepEqual(own, { name: "authority", ...volume }, key);
      }
      assert.ok(!stack.has("shlink-db-ca"));
    }
  });

  it("is asked for no TLS where the settings give that up", async () => {
    const stack = await changed({ tls: { mode: "plaintext" } });
    const shlink = variables(stack, deployment);
    assert.deepEqual([shlink["PGSSLMODE"], shlink["PGSSLROOTCERT"]], ["disable", undefined]);
    assert.equal(variables(stack, job)["AUTHORITY_FILE"], undefined);
    const mounts = container(stack, deployment).volumeMounts.map(({ name }) => name);
    assert.deepEqual(mounts, ["secrets", "data", "tmp"]);
  });

  it("has its account made past a pool, where the login goes elsewhere", async () => {
    const admin = { ...database.admin, host: "primary.example.com", port: 5433 };
    const stack = await changed({ admin });
    const { DB_HOST, DB_PORT } = variables(stack, job);
    assert.deepEqual([DB_HOST, DB_PORT], ["primary.example.com", "5433"]);
    assert.equal(variables(stack, deployment)["DB_HOST"], "db.example.com");
  });
});
