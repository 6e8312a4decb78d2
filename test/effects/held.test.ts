import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { impossibleChange, surveyHeld } from "../../effects/held.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";
import { stackOf } from "../../stack/index.ts";
import {
  claims,
  DataApi,
  database,
  held,
  keys,
  postgres,
  set,
  sizes,
  storageClass,
} from "./support/data-api.ts";

describe("What holds data", () => {
  let api: DataApi;
  beforeEach(() => (api = DataApi.asProd()));

  const refusal = async () => impossibleChange(held, await surveyHeld(api.ask, held));

  it("is as the settings say, or not there: nothing is said", async () => {
    assert.equal(await refusal(), undefined);
    api = new DataApi();
    assert.equal(await refusal(), undefined);
  });

  it("is asked who leads only where servers are to leave", async () => {
    const asked: string[] = [];
    api.before = (_, path) => asked.push(path);
    const pods = "/api/v1/namespaces/vault/pods";
    assert.equal(await refusal(), undefined);
    assert.ok(!asked.includes(pods));
    api.configured(5, "vault-active");
    assert.equal(await refusal(), undefined);
    assert.ok(asked.includes(pods));
  });

  for (const [setting, namespace, name] of [
    ["vault.storage", "vault", "data-vault-1"],
    ["vault.audit.storage", "vault", "audit-vault-2"],
    ["vault.snapshots.storage", "vault", "vault-snapshots"],
    ["database.storage", "postgres", "shlink-db-pg-abcd-pgdata"],
    ["database.backups.storage", "postgres", "shlink-db-repo1"],
  ] as const) {
    it(`refuses that ${setting} shrinks`, async () => {
      api.claim(namespace, name, "900Gi");
      assert.equal(
        await refusal(),
        `${setting} says ${sizes[setting]}, and claim ${namespace}/${name} has 900Gi already: a volume never shrinks; write what it has, or more.`,
      );
    });

    it(`refuses that ${setting} grows where the StorageClass lets no volume grow`, async () => {
      api.claim(namespace, name, "1Mi", "stiff");
      assert.equal(
        await refusal(),
        `${setting} says ${sizes[setting]}, and claim ${namespace}/${name} cannot grow from 1Mi: its StorageClass stiff lets no volume grow (allowVolumeExpansion).`,
      );
      api.claim(namespace, name, "1Mi");
      assert.equal(await refusal(), undefined);
    });
  }

  it("refuses fewer servers of Vault than vote, and lets there be more", async () => {
    api.servers(5, sizes["vault.storage"], sizes["vault.audit.storage"]);
    assert.equal(
      await refusal(),
      "vault.replicas says 3, and 5 servers vote in Vault's raft, which would lose its majority: let the others leave it first (docs/vault.md, Fewer servers).",
    );
    api = new DataApi();
    api.servers(1, sizes["vault.storage"], sizes["vault.audit.storage"]);
    assert.equal(await refusal(), undefined);
  });

  it("refuses fewer servers while those that were switched off still vote, which leaves nobody who leads", async () => {
    api.configured(5);
    assert.equal(
      await refusal(),
      "vault.replicas says 3, and no server of Vault leads: those that were switched off still vote in its raft. Scale " +
        "StatefulSet vault/vault to 5 again, and let the others leave it first (docs/vault.md, Fewer servers).",
    );
    for (const label of ["vault-active", "openbao-active"]) {
      api.configured(5, label);
      assert.equal(await refusal(), undefined, label);
    }
  });

  it("refuses more servers while there is what one knew that has left, and lets those be that were only switched off", async () => {
    api.servers(3, sizes["vault.storage"], sizes["vault.audit.storage"]);
    api.configured(1, "vault-active");
    assert.equal(
      await refusal(),
      "vault.replicas says 3, and claim vault/data-vault-1 has what a server knew that has left Vault's raft, which would not let " +
        "it in again: delete the claims of those that left first (docs/vault.md, Fewer servers).",
    );
    for (const index of [1, 2]) api.objects.delete(`${claims("vault")}/data-vault-${index}`);
    assert.equal(await refusal(), undefined);
    api.servers(3, sizes["vault.storage"], sizes["vault.audit.storage"]);
    api.configured(3);
    assert.equal(await refusal(), undefined);
  });

  it("refuses a log for which the servers have no volume", async () => {
    api.put(set, { spec: { replicas: 3, volumeClaimTemplates: [{ metadata: { name: "data" } }] } });
    assert.equal(
      await refusal(),
      "vault.audit.mode says file, and StatefulSet vault/vault has no volume for the log, which pods that run never get: make " +
        "the set anew first (docs/vault.md, Audit log).",
    );
    api.objects.delete(set);
    assert.equal(await refusal(), undefined);
  });

  it("refuses another major version of PostgreSQL, newer or older", async () => {
    for (const version of [16, 18]) {
      api.put(database, postgres(version));
      assert.equal(
        await refusal(),
        `database.postgresVersion says 17, and the data is PostgreSQL ${version}'s: another major version needs a PGUpgrade first (docs/database.md, Another major version).`,
      );
    }
  });

  it("refuses another StorageClass where no claim has it", async () => {
    for (const index of [0, 1])
      api.claim("vault", `data-vault-${index}`, sizes["vault.storage"], "old");
    assert.equal(await refusal(), undefined);
    api.claim("vault", "data-vault-2", sizes["vault.storage"], "old");
    assert.equal(
      await refusal(),
      `cluster.storageClass says ${storageClass}, and claim vault/data-vault-0 has StorageClass old: a volume never changes its ` +
        "class, and another one would be empty; write what it has.",
    );
  });

  it("names the setting of the snapshots' own StorageClass", async () => {
    const prod = stackSettings("prod") as { vault?: object };
    const snapshots = { mode: "volume", storageClass: "bucket" };
    const settings = { ...prod, vault: { ...prod.vault, snapshots } };
    const { held: other } = stackOf(parseSettings("Pulumi.prod.yaml", settings)).demands;
    api.claim("vault", "vault-snapshots", sizes["vault.snapshots.storage"], "old");
    assert.equal(
      impossibleChange(other, await surveyHeld(api.ask, other)),
      "vault.snapshots.storageClass says bucket, and claim vault/vault-snapshots has StorageClass old: a volume never changes its " +
        "class, and another one would be empty; write what it has.",
    );
  });

  it("refuses to take the volume with all backups away, until somebody has agreed to that", async () => {
    for (const backups of ["none", "s3"]) {
      const other = { ...held, postgres: { ...held.postgres, backups } };
      const said = async () => impossibleChange(other, await surveyHeld(api.ask, other));
      api.put(database, postgres(17));
      assert.equal(
        await said(),
        `database.backups.mode says ${backups}, and PGO would delete the volume with every backup of PostgresCluster ` +
          "postgres/shlink-db so far: agree to that by its annotation " +
          "postgres-operator.crunchydata.com/authorizeBackupRemoval=true, or write what it has (docs/database.md, Backups).",
      );
      api.put(database, postgres(17, { volume: {} }, "true"));
      assert.equal(await said(), undefined);
      api.put(database, { spec: { postgresVersion: 17 } });
      assert.equal(await said(), undefined);
    }
  });

  it("refuses no backups where PGO would wait for somebody's word, and lets a store become another place", async () => {
    api.put(database, postgres(17, { s3: {} }));
    for (const backups of ["none", "gcs", "volume"]) {
      const other = { ...held, postgres: { ...held.postgres, backups } };
      assert.equal(
        impossibleChange(other, await surveyHeld(api.ask, other)),
        backups === "none"
          ? "database.backups.mode says none, and until somebody has agreed PGO would do nothing more for PostgresCluster " +
              "postgres/shlink-db, which has backups: agree to that by its annotation " +
              "postgres-operator.crunchydata.com/authorizeBackupRemoval=true, or write what it has (docs/database.md, Backups)."
          : undefined,
      );
    }
  });

  it("refuses another seal of a Vault that has data, and lets one that has none be corrected", async () => {
    const stanza = 'seal "transit" {\n  key_name = "links"\n}\n';
    const sealed = { ...held, vault: { ...held.vault!, seal: stanza } };
    const said = async () => impossibleChange(sealed, await surveyHeld(api.ask, sealed));
    assert.equal(
      await said(),
      "vault.seal says transit, and Vault's data is sealed by shamir: no server that starts anew could read it; write what it " +
        "has, or move the seal first (docs/vault.md, Another seal).",
    );
    api.objects.delete(keys);
    assert.equal(await said(), undefined);
    api.put(keys.replace("unseal", "recovery"), {});
    assert.match((await said()) ?? "", /^vault\.seal says transit/);
    api.configured(3, undefined, stanza);
    assert.equal(await said(), undefined);
    assert.match((await refusal()) ?? "", /^vault\.seal says shamir, .* sealed by transit/);
  });

  it("refuses to leave a database behind that holds the links, and to miss one that is not there", async () => {
    const postgres = { ...held.postgres, version: undefined };
    const outside = { ...held, postgres, volumes: [] };
    const refused = async () => impossibleChange(outside, await surveyHeld(api.ask, outside));
    assert.equal(
      await refused(),
      "database.mode says outside, and PostgresCluster postgres/shlink-db holds the links: take them along first (docs/database.md, From the stack's own to another's).",
    );
    api = new DataApi();
    assert.equal(await refused(), undefined);
  });
});
