import type { Held } from "../outside/held.ts";
import { workloads } from "../platform/workloads.ts";
import type { Settings } from "../settings/index.ts";
import { clusterName } from "../components/database/index.ts";
import { releaseName } from "../components/vault/names.ts";
import type { VaultSettings } from "../components/vault/types.ts";

/** What holds data cannot become everything at will. */
export function heldBy({ vault, database }: Settings): Held {
  const servers = { namespace: workloads.postgres.namespace };
  return {
    ...(vault.mode === "install" && {
      vault: { ...vaults, name: releaseName, replicas: vault.replicas },
    }),
    secrets:
      vault.mode === "existing" ? { mode: vault.mode, store: vault.prefix } : { mode: vault.mode },
    postgres: {
      ...servers,
      name: clusterName,
      version: database.mode === "outside" ? undefined : database.postgresVersion,
    },
    volumes: [
      ...(vault.mode === "install" ? vaultVolumes(vault) : []),
      ...databaseVolumes(database).map((volume) => ({ ...servers, ...volume })),
    ].filter((volume) => volume !== false),
  };
}

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
