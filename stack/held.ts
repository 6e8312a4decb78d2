import type { Held } from "../effects/held.ts";
import { workloads } from "../platform/workloads.ts";
import type { Settings } from "../settings/index.ts";
import { clusterName } from "../components/database/index.ts";
import { secretName } from "../components/shlink/names.ts";
import { sealStanza } from "../components/vault/seal.ts";
import { keysSecrets, releaseName } from "../components/vault/names.ts";
import type { VaultSettings } from "../components/vault/types.ts";

/** What holds data cannot become everything at will. */
export function heldBy({ vault, database, cluster }: Settings): Held {
  const servers = { namespace: workloads.postgres.namespace };
  return {
    ...(vault.mode === "install" && {
      vault: {
        ...vaults,
        name: releaseName,
        replicas: vault.replicas,
        seal: sealStanza(vault.seal),
        keys: Object.values(keysSecrets),
      },
    }),
    secrets: {
      mode: vault.mode,
      ...(vault.mode === "existing" && { store: vault.prefix }),
      copies: `${workloads.shlink.namespace}/${secretName}`,
    },
    postgres: {
      ...servers,
      name: clusterName,
      version: database.mode === "outside" ? undefined : database.postgresVersion,
      backups: database.mode === "outside" ? "none" : database.backups.mode,
    },
    volumes: [
      ...(vault.mode === "install" ? vaultVolumes(vault) : []),
      ...databaseVolumes(database).map((volume) => ({ ...servers, ...volume })),
    ]
      .filter((volume) => volume !== false)
      .map((volume) => ({ storageClass: usual(cluster), ...volume })),
  };
}

const usual = ({ storageClass: name }: Settings["cluster"]) => ({
  name,
  setting: "cluster.storageClass",
});

const vaults = { namespace: workloads.vault.namespace };

const vaultVolumes = ({ storage, audit, snapshots }: VaultSettings) => [
  { ...vaults, ...serverVolume("data"), setting: "vault.storage", size: storage },
  audit.mode !== "none" && {
    ...vaults,
    ...serverVolume("audit"),
    setting: "vault.audit.storage",
    size: audit.storage,
  },
  snapshots.mode !== "none" && {
    ...vaults,
    claims: /^vault-snapshots$/,
    setting: "vault.snapshots.storage",
    size: snapshots.storage,
    ...(snapshots.storageClass !== undefined && {
      storageClass: { name: snapshots.storageClass, setting: "vault.snapshots.storageClass" },
    }),
  },
];

function databaseVolumes(database: Settings["database"]) {
  if (database.mode === "outside") return [];
  const { storage, backups } = database;
  const data = { claims: /-pgdata$/, setting: "database.storage", size: storage };
  if (backups.mode !== "volume") return [data];
  const setting = "database.backups.storage";
  return [data, { claims: /-repo1$/, setting, size: backups.storage }];
}

/** The chart's template of a volume of Vault's servers. */
const serverVolume = (template: string) => ({
  template,
  claims: new RegExp(`^${template}-${releaseName}-\\d+$`),
});
