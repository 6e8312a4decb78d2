import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { backupsSpec, identityAnnotations } from "../../../components/database/backups.ts";
import { backupPlaces } from "../../../components/database/store.ts";
import type { Backups } from "../../../components/database/types.ts";
import { synth } from "../../support/synth.ts";

type Store = Extract<Backups, { mode: "s3" }>;
const plan = { fullSchedule: "0 3 * * 0", retention: 2, encrypted: false };
const keys = { mode: "keys" } as const;
const credentialsSecret = "pgbackrest-credentials";
const s3: Store = {
  ...plan,
  mode: "s3",
  bucket: "b",
  endpoint: "s3.example.com",
  port: 443,
  region: "r",
  uriStyle: "host",
  networks: [],
  identity: keys,
};
const gcs = { ...plan, mode: "gcs", bucket: "b" } as const;
const azure = { ...plan, mode: "azure", container: "c" } as const;
const arn = "arn:aws:iam::123456789012:role/backups";
const serviceAccount = "db@p.iam.gserviceaccount.com";

interface Spec {
  backups: {
    pgbackrest: { global: Record<string, string>; configuration?: object[]; repos: object[] };
  };
}

function pgbackrest(backups: Backups, authority?: { configMap: { name: string } }) {
  const surrounding = { volume: () => ({}), ...(authority && { authority }) };
  return (backupsSpec(backups, { mode: "none" }, surrounding) as Spec).backups.pgbackrest;
}

describe("Backups in a store", () => {
  const location = { bucket: "b", endpoint: "s3.example.com", region: "r" };
  const stores: [Backups, object, object][] = [
    [{ ...s3, credentialsSecret }, { s3: location }, {}],
    [
      { ...gcs, identity: keys, credentialsSecret },
      { gcs: { bucket: "b" } },
      { "repo1-gcs-key": "/etc/pgbackrest/conf.d/gcs-key.json" },
    ],
    [{ ...azure, identity: keys, credentialsSecret }, { azure: { container: "c" } }, {}],
  ];
  for (const [backups, where, global] of stores)
    it(`go to ${backups.mode} with credentials from the named Secret`, () => {
      assert.deepEqual(pgbackrest(backups), {
        global: { "repo1-retention-full": "2", ...global },
        configuration: [{ secret: { name: credentialsSecret } }],
        repos: [{ name: "repo1", schedules: { full: "0 3 * * 0" }, ...where }],
      });
      assert.deepEqual(identityAnnotations(backups), {});
    });

  it("go to a store of one's own by its port, with the bucket in the path, and trust its authority", async () => {
    const authority = { mode: "configMap", name: "house-ca", key: "ca.crt" } as const;
    const own = { ...s3, port: 9000, uriStyle: "path" as const, credentialsSecret, authority };
    const file = { configMap: { name: "house-ca" } };
    const { global, configuration } = pgbackrest(own, file);
    assert.deepEqual(global, {
      "repo1-retention-full": "2",
      "repo1-storage-port": "9000",
      "repo1-s3-uri-style": "path",
      "repo1-storage-ca-file": "/etc/pgbackrest/conf.d/store-ca.crt",
    });
    assert.deepEqual(configuration, [{ secret: { name: credentialsSecret } }, file]);
    const prod = await synth("prod", {
      database: { backups: { ...own, storage: undefined, incrementalSchedule: undefined } },
    });
    const cluster =
      "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster::shlink-db";
    const path = ["spec", "backups", "pgbackrest", "configuration"];
    assert.deepEqual(prod.input(cluster, ...path), [
      { secret: { name: credentialsSecret } },
      { configMap: { name: "house-ca", items: [{ key: "ca.crt", path: "store-ca.crt" }] } },
    ]);
  });

  const keyless: [string, Backups, object, object][] = [
    [
      "a role",
      { ...s3, identity: { mode: "role", arn } },
      { "repo1-s3-key-type": "web-id" },
      { "eks.amazonaws.com/role-arn": arn },
    ],
    [
      "an EKS Pod Identity",
      { ...s3, identity: { mode: "podIdentity" } },
      { "repo1-s3-key-type": "pod-id" },
      {},
    ],
    [
      "a Workload Identity",
      { ...gcs, identity: { mode: "workloadIdentity", serviceAccount } },
      { "repo1-gcs-key-type": "auto" },
      { "iam.gke.io/gcp-service-account": serviceAccount },
    ],
    [
      "a managed identity",
      { ...azure, identity: { mode: "managedIdentity", account: "links" } },
      { "repo1-azure-account": "links", "repo1-azure-key-type": "auto" },
      {},
    ],
  ];
  for (const [what, backups, global, annotations] of keyless)
    it(`come as ${what}, without a key`, () => {
      const made = pgbackrest(backups);
      assert.deepEqual(made.global, { "repo1-retention-full": "2", ...global });
      assert.ok(!("configuration" in made));
      assert.deepEqual(identityAnnotations(backups), annotations);
    });

  it("have a role at their accounts by PGO, which copies the cluster's annotations", async () => {
    const identity = { mode: "role", arn };
    const backups = { ...s3, identity, storage: undefined, incrementalSchedule: undefined };
    const prod = await synth("prod", { database: { backups } });
    const cluster =
      "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster::shlink-db";
    assert.deepEqual(prod.input(cluster, "spec", "metadata"), {
      annotations: { "eks.amazonaws.com/role-arn": arn },
    });
  });
});

describe("The places that backups reach", () => {
  const publicly = { peers: ["internet"], ports: [443] };
  const metadata = { cidr: "169.254.169.254/32" };
  const places: [string, Backups, object[]][] = [
    ["none with a volume", { ...plan, mode: "volume", storage: "1Gi" }, []],
    ["none without backups", { mode: "none" }, []],
    ["public addresses", s3, [publicly]],
    ["public addresses at another port", { ...s3, port: 8443 }, [{ ...publicly, ports: [8443] }]],
    [
      "a private endpoint alone",
      { ...s3, port: 9000, networks: ["10.40.0.0/24"] },
      [{ peers: [{ cidr: "10.40.0.0/24" }], ports: [9000] }],
    ],
    [
      "the namespace of a store in the cluster",
      { ...s3, endpoint: "minio.storage.svc", port: 9000 },
      [{ peers: [{ namespace: "storage" }], ports: [9000] }],
    ],
    ["nobody more with a role", { ...s3, identity: { mode: "role", arn } }, [publicly]],
    [
      "AWS' token service beside a private endpoint",
      { ...s3, networks: ["10.40.0.0/24"], identity: { mode: "role", arn } },
      [{ peers: [{ cidr: "10.40.0.0/24" }], ports: [443] }, publicly],
    ],
    [
      "the agent of EKS",
      { ...s3, identity: { mode: "podIdentity" } },
      [publicly, { peers: [{ cidr: "169.254.170.23/32" }], ports: [80] }],
    ],
    ["Google alone with a key", { ...gcs, identity: keys }, [publicly]],
    [
      "GKE's metadata server",
      { ...gcs, identity: { mode: "workloadIdentity", serviceAccount } },
      [publicly, { peers: [metadata, { cidr: "169.254.169.252/32" }], ports: [80, 988] }],
    ],
    ["Azure alone with a key", { ...azure, identity: keys }, [publicly]],
    [
      "Azure's metadata service",
      { ...azure, identity: { mode: "managedIdentity", account: "links" } },
      [publicly, { peers: [metadata], ports: [80] }],
    ],
  ];
  for (const [what, backups, expected] of places)
    it(`are ${what}`, () => {
      assert.deepEqual(backupPlaces(backups), expected);
    });
});
