import type { Held } from "../../outside/held.ts";
import { workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";
import { clusterName } from "../database/index.ts";
import { releaseName } from "../vault/names.ts";
import type { VaultSettings } from "../vault/types.ts";

/** What holds data cannot become everything at will. */
export function heldBy({ vault, database }: Settings): Held {
  const { backups } = database;
  const servers = { namespace: workloads.postgres.namespace };
  return {
    ...(vault.mode === "install" && {
      vault: { ...vaults, name: releaseName, replicas: vault.replicas },
    }),
    postgres: { ...servers, name: clusterName, version: database.postgresVersion },
    volumes: [
      ...(vault.mode === "install" ? vaultVolumes(vault) : []),
      { ...servers, claims: /-pgdata$/, setting: "database.storage", size: database.storage },
      backups.mode === "volume" && {
        ...servers,
        claims: /-repo1$/,
        setting: "database.backups.storage",
        size: backups.storage,
      },
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

/** The chart's template of a volume of Vault's servers. */
const serverVolume = (template: string) => ({
  template,
  claims: new RegExp(`^${template}-${releaseName}-\\d+$`),
});
