import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { growVolumes, impossibleChange, surveyHeld } from "../../outside/held.ts";
import { stackSettings } from "../../plan/render.ts";
import { stackOf } from "../../stack/index.ts";
import { parseSettings } from "../../settings/index.ts";
import { MemoryApi } from "../support/memory-api.ts";

const claims = (namespace: string) => `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
const set = "/apis/apps/v1/namespaces/vault/statefulsets/vault";
const database =
  "/apis/postgres-operator.crunchydata.com/v1beta1/namespaces/postgres/postgresclusters/shlink-db";

/** Stack prod: three servers of Vault with two volumes each, backups on a volume, snapshots. */
const { held } = stackOf(parseSettings("Pulumi.prod.yaml", stackSettings("prod"))).demands;
const sizes = Object.fromEntries(held.volumes.map(({ setting, size }) => [setting, size]));

describe("What holds data", () => {
  let api: MemoryApi;
  let said: string[];
  beforeEach(() => {
    [api, said] = [new MemoryApi(), []];
    api.put("/apis/storage.k8s.io/v1/storageclasses/ssd", { allowVolumeExpansion: true });
    api.put("/apis/storage.k8s.io/v1/storageclasses/stiff", {});
    servers(3, sizes["vault.storage"], sizes["vault.audit.storage"]);
    claim("vault", "vault-snapshots", sizes["vault.snapshots.storage"]);
    claim("postgres", "shlink-db-pg-abcd-pgdata", sizes["database.storage"]);
    claim("postgres", "shlink-db-repo1", sizes["database.backups.storage"]);
    api.put(database, { spec: { postgresVersion: 17 } });
  });

  const spec = (storage = "", storageClassName = "ssd") => ({
    spec: { storageClassName, resources: { requests: { storage } } },
  });
  const claim = (namespace: string, name: string, size?: string, storageClass?: string) =>
    api.put(`${claims(namespace)}/${name}`, spec(size, storageClass));

  /** Vault's set, and a pair of claims for each of its servers. */
  function servers(replicas: number, data?: string, audit?: string): void {
    for (let index = 0; index < replicas; index++) {
      claim("vault", `data-vault-${index}`, data);
      claim("vault", `audit-vault-${index}`, audit);
    }
    const volumeClaimTemplates = [
      { metadata: { name: "data" }, ...spec(data) },
      { metadata: { name: "audit" }, ...spec(audit) },
    ];
    api.put(set, { spec: { replicas, volumeClaimTemplates } });
  }

  const refusal = async () => impossibleChange(held, await surveyHeld(api.ask, held));
  const grow = async () => {
    const holdings = await surveyHeld(api.ask, held);
    await growVolumes(api.ask, held, holdings, (line) => said.push(line));
  };

  it("is as the settings say, or not there: nothing is said and nothing changed", async () => {
    assert.equal(await refusal(), undefined);
    await grow();
    api = new MemoryApi();
    assert.equal(await refusal(), undefined);
    await grow();
    assert.deepEqual([api.changes, said], [[], []]);
  });

  for (const [setting, namespace, name] of [
    ["vault.storage", "vault", "data-vault-1"],
    ["vault.audit.storage", "vault", "audit-vault-2"],
    ["vault.snapshots.storage", "vault", "vault-snapshots"],
    ["database.storage", "postgres", "shlink-db-pg-abcd-pgdata"],
    ["database.backups.storage", "postgres", "shlink-db-repo1"],
  ] as const) {
    it(`refuses that ${setting} shrinks`, async () => {
      claim(namespace, name, "900Gi");
      assert.equal(
        await refusal(),
        `${setting} says ${sizes[setting]}, and claim ${namespace}/${name} has 900Gi already: a volume never shrinks; write what it has, or more.`,
      );
    });

    it(`refuses that ${setting} grows where the StorageClass lets no volume grow`, async () => {
      claim(namespace, name, "1Mi", "stiff");
      assert.equal(
        await refusal(),
        `${setting} says ${sizes[setting]}, and claim ${namespace}/${name} cannot grow from 1Mi: its StorageClass stiff lets no volume grow (allowVolumeExpansion).`,
      );
      claim(namespace, name, "1Mi");
      assert.equal(await refusal(), undefined);
    });
  }

  it("refuses fewer servers of Vault than vote, and lets there be more", async () => {
    servers(5, sizes["vault.storage"], sizes["vault.audit.storage"]);
    assert.equal(
      await refusal(),
      "vault.replicas says 3, and 5 servers vote in Vault's raft, which would lose its majority: let the others leave it first (docs/vault.md, Fewer servers).",
    );
    servers(1, sizes["vault.storage"], sizes["vault.audit.storage"]);
    assert.equal(await refusal(), undefined);
  });

  it("refuses another major version of PostgreSQL, newer or older", async () => {
    for (const version of [16, 18]) {
      api.put(database, { spec: { postgresVersion: version } });
      assert.equal(
        await refusal(),
        `database.postgresVersion says 17, and the data is PostgreSQL ${version}'s: another major version needs a PGUpgrade first (docs/database.md, Another major version).`,
      );
    }
  });

  it("refuses to leave a database behind that holds the links, and to miss one that is not there", async () => {
    const postgres = { ...held.postgres, version: undefined };
    const outside = { ...held, postgres, volumes: [] };
    const refused = async () => impossibleChange(outside, await surveyHeld(api.ask, outside));
    assert.equal(
      await refused(),
      "database.mode says outside, and PostgresCluster postgres/shlink-db holds the links: take them along first (docs/database.md, From the stack's own to another's).",
    );
    api = new MemoryApi();
    assert.equal(await refused(), undefined);
  });

  it("grows by its claims first, then the set goes without its pods", async () => {
    servers(3, "1Mi", sizes["vault.audit.storage"]);
    await grow();
    assert.deepEqual(api.changes, [
      ...[0, 1, 2].map((index) => `PATCH ${claims("vault")}/data-vault-${index}`),
      `DELETE ${set}`,
    ]);
    assert.deepEqual(
      api.objects.get(`${claims("vault")}/data-vault-2`)?.["spec"],
      spec(sizes["vault.storage"]).spec,
    );
    assert.equal(said.length, 4);
  });

  it("goes on where it was interrupted between the claims and the set", async () => {
    servers(3, "1Mi", sizes["vault.audit.storage"]);
    for (const index of [0, 1, 2]) claim("vault", `data-vault-${index}`, sizes["vault.storage"]);
    await grow();
    assert.deepEqual(api.changes, [`DELETE ${set}`]);
  });
});
