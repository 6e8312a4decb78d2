import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { primarySelector, userSecretLabels } from "../../../components/database/postgres.ts";
import { component, mark, release, synth, type Synthesis, winning } from "../../support/synth.ts";

const postgres = "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster::shlink-db";
const userSecret = "kubernetes:core/v1:Secret::db-user";
const userSync = "kubernetes:external-secrets.io/v1:ExternalSecret::db-user-sync";
const password = "random:index/randomPassword:RandomPassword::db-password";
const provider = "pulumi:providers:postgresql::postgres";
const grant = "postgresql:index/grant:Grant::db-schema";
const inVault = "vault:kv/secretV2:SecretV2::postgres-shlink";

describe("The database", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const annotation = (stack: Synthesis) =>
    stack.input(postgres, "metadata", "annotations", "pulumi.com/waitFor") as string;

  it("is PGO, a cluster, one password with its salt, PGO's Secret for it, and one grant", () => {
    const expected = [
      postgres,
      userSecret,
      release("pgo"),
      provider,
      grant,
      "random:index/randomBytes:RandomBytes::db-salt",
      password,
      component("SecretReader", "external-secrets-postgres"),
      component("VaultSecret", "postgres-shlink"),
    ];
    for (const stack of [dev, prod])
      assert.deepEqual(stack.children(component("Database", "database")), expected.sort());
  });

  it("is made after PGO and after the password is in PGO's Secret, or PGO would make one of its own", () => {
    const { dependsOn } = prod.resource(postgres);
    for (const before of [release("pgo"), userSync]) assert.ok(dependsOn.includes(before), before);
    assert.ok(prod.resource(userSync).dependsOn.includes(userSecret));
    assert.ok(prod.resource(userSync).dependsOn.includes(inVault));
  });

  it("has one password of letters and digits, and a value of it in Vault alone", () => {
    assert.equal(prod.input(password, "length"), 32);
    assert.equal(prod.input(password, "special"), false);
    assert.equal(prod.input(inVault, "name"), "postgres/shlink");
    for (const absent of ["data", "stringData"])
      assert.equal(prod.input(userSecret, absent), undefined, absent);
    assert.equal(prod.input(userSecret, "metadata", "name"), "shlink-db-pguser-shlink");
  });

  it("gives PGO the password with its own verifier, or PGO would never see a new password", () => {
    const data = dev.input(userSync, "spec", "data") as { secretKey: string }[];
    assert.deepEqual(
      data.map(({ secretKey }) => secretKey),
      ["password", "verifier"],
    );
    assert.deepEqual(dev.input(userSync, "spec", "target"), {
      name: "shlink-db-pguser-shlink",
      creationPolicy: "Merge",
    });
    assert.deepEqual(dev.input(userSecret, "metadata", "labels"), {
      ...userSecretLabels("shlink-db", "shlink"),
      ...mark("dev"),
    });
  });

  it("never waits for PGO's Secret, to which External Secrets copies what it is to be waited for by itself", () => {
    assert.deepEqual(dev.input(userSecret, "metadata", "annotations"), {
      "pulumi.com/skipAwait": "true",
      ...winning,
    });
  });

  it("is done when all servers run and the users and the database are really made", () => {
    assert.deepEqual(JSON.parse(annotation(prod)), [
      "jsonpath={.status.instances[0].updatedReplicas}=3",
      "jsonpath={.status.instances[0].readyReplicas}=3",
      "jsonpath={.status.databaseRevision}",
      "jsonpath={.status.usersRevision}",
    ]);
    assert.match(annotation(dev), /readyReplicas\}=1"/);
  });

  it("gives a database that is made anew its password within a minute, whatever the refresh interval", () => {
    for (const stack of [dev, prod])
      assert.equal(stack.input(userSync, "spec", "refreshInterval"), "1m0s");
  });

  it("has the version, the servers and the volumes of the settings", () => {
    for (const [stack, version, replicas, size, storageClassName] of [
      [dev, 15, 1, "1Gi", "local"],
      [prod, 17, 3, "20Gi", "standard"],
    ] as const) {
      assert.equal(stack.input(postgres, "spec", "postgresVersion"), version);
      const instance = (...path: string[]) =>
        stack.input(postgres, "spec", "instances", 0, ...path);
      assert.equal(instance("replicas"), replicas);
      assert.equal(instance("dataVolumeClaimSpec", "storageClassName"), storageClassName);
      assert.deepEqual(instance("dataVolumeClaimSpec", "resources"), {
        requests: { storage: size },
      });
    }
  });

  it("spreads its servers over nodes, unless there is one", () => {
    const spread = (stack: Synthesis) =>
      stack.input(postgres, "spec", "instances", 0, "topologySpreadConstraints");
    const [constraint] = spread(prod) as { topologyKey: string }[];
    assert.equal(constraint?.topologyKey, "kubernetes.io/hostname");
    assert.equal(spread(dev), undefined);
  });

  it("is backed up where that is set, on a volume, as often and as long as set", () => {
    const backups = (...path: (string | number)[]) =>
      prod.input(postgres, "spec", "backups", "pgbackrest", ...path);
    assert.deepEqual(backups("global"), { "repo1-retention-full": "14" });
    assert.deepEqual(backups("repos", 0, "schedules"), {
      full: "0 3 * * *",
      incremental: "0 9,15,21 * * *",
    });
    const claim = backups("repos", 0, "volume", "volumeClaimSpec");
    assert.deepEqual((claim as { resources: object }).resources, { requests: { storage: "50Gi" } });
  });

  it("has no backups, not even empty ones, where none are set", () => {
    assert.ok(!("backups" in (dev.input(postgres, "spec") as object)));
  });

  it("cannot be deleted where data is protected", () => {
    assert.equal(prod.resource(postgres).protect, true);
    assert.equal(dev.resource(postgres).protect, false);
  });

  it("is granted to its user over the loopback port of the settings, and the grant dies with it", () => {
    assert.equal(prod.input(provider, "host"), "127.0.0.1");
    assert.equal(prod.input(provider, "port"), "25432");
    assert.equal(dev.input(provider, "port"), "15432");
    assert.equal(prod.input(provider, "password"), "[secret]");
    assert.equal(prod.input(grant, "role"), "shlink");
    assert.equal(prod.input(grant, "objectType"), "schema");
    assert.equal(prod.resource(grant).deletedWith, postgres);
  });

  it("lets its user create and use what lies in schema public, by a verified connection to the primary", () => {
    assert.deepEqual(dev.input(grant, "privileges"), ["CREATE", "USAGE"]);
    assert.equal(dev.input(grant, "schema"), "public");
    assert.equal(dev.input(provider, "sslmode"), "verify-ca");
    assert.ok(primarySelector("shlink-db").includes("role=master"));
  });

  it("tells Shlink its host, its name and its user, and the authority of its certificate", () => {
    const job = "kubernetes:batch/v1:Job::shlink-migration";
    const env = prod.input(job, "spec", "template", "spec", "containers", 0, "env") as Variable[];
    const told = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    assert.deepEqual(
      [told["DB_HOST"], told["DB_PORT"], told["DB_NAME"], told["DB_USER"]],
      ["shlink-db-primary.postgres.svc", "5432", "shlink", "shlink"],
    );
    const authority = "kubernetes:core/v1:ConfigMap::shlink-db-ca";
    assert.deepEqual(prod.input(authority, "data"), { "ca.crt": "authority" });
  });
});

describe("A database whose login was rotated", () => {
  const role = "postgresql:index/role:Role::db-login-2";
  const login = "vault:kv/secretV2:SecretV2::postgres-login";
  let rotated: Synthesis;
  before(async () => {
    rotated = await synth("prod", { database: { rotation: 2 } });
  });

  it("is entered by a role of that rotation, which acts as the owner and dies with the database", () => {
    assert.equal(rotated.input(role, "name"), "shlink_2");
    assert.equal(rotated.input(role, "login"), true);
    assert.deepEqual(rotated.input(role, "roles"), ["shlink"]);
    assert.equal(rotated.input(role, "assumeRole"), "shlink");
    assert.equal(rotated.input(role, "password"), "[secret]");
    assert.equal(rotated.resource(role).deletedWith, postgres);
  });

  it("has no login of another rotation, and the owner as before", () => {
    const logins = rotated.registrations.filter(({ type }) => type.startsWith("postgresql:"));
    assert.deepEqual(logins.map(({ name }) => name).sort(), ["db-login-2", "db-schema"]);
    assert.equal(rotated.input(inVault, "name"), "postgres/shlink");
    assert.equal(rotated.input(grant, "role"), "shlink");
  });

  it("gives Shlink user and password by one Secret, so that no pod has them of two rotations", () => {
    assert.equal(rotated.input(login, "name"), "postgres/login");
    const sync = "kubernetes:external-secrets.io/v1:ExternalSecret::shlink-secrets";
    const data = rotated.input(sync, "spec", "data") as {
      secretKey: string;
      remoteRef: object;
    }[];
    const from = (property: string) => ({ key: "postgres/login", property });
    const found = Object.fromEntries(data.map((one) => [one.secretKey, one.remoteRef]));
    assert.deepEqual(found["db-user"], from("user"));
    assert.deepEqual(found["db-password"], from("password"));
    const server = "kubernetes:apps/v1:Deployment::shlink";
    const spec = rotated.input(server, "spec", "template", "spec", "containers", 0, "env");
    const env = Object.fromEntries((spec as Variable[]).map(({ name, value }) => [name, value]));
    assert.equal(env["DB_USER"], undefined);
    assert.equal(env["DB_USER_FILE"], "/run/secrets/shlink/db-user");
    assert.equal(env["DB_PASSWORD_FILE"], "/run/secrets/shlink/db-password");
  });
});

interface Variable {
  name: string;
  value: string;
}
