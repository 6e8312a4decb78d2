import type * as pulumi from "@pulumi/pulumi";
import { having, type NamespacesOf } from "../namespaces/index.ts";
import { VaultAccess } from "./access.ts";
import { VaultBootstrap } from "./bootstrap.ts";
import { type ExistingVault, existingVault, openExisting } from "./existing.ts";
import { type InstalledVaultArgs, installedVault } from "./installed.ts";
import type { SecretsHome } from "./secret.ts";
import { VaultServer } from "./server.ts";
import { endAudit, foundInside, knowsAudit, type MadeOnce } from "./session.ts";
import { VaultSnapshots, type VaultSnapshotsArgs } from "./snapshots.ts";
import { servedTls } from "./tls.ts";
import type { VaultServerArgs, VaultSettings } from "./types.ts";

type Given = "namespace" | "authority";

export interface VaultArgs
  extends Pick<VaultServerArgs, "authority">, Pick<InstalledVaultArgs, "cluster"> {
  /** Vault as this program installs it; absent: somebody else does, or nobody. */
  own: (Omit<VaultServerArgs, Given> & VaultSettings & { localPort: number }) | undefined;
  existing: ExistingVault | undefined;
  snapshots: Omit<VaultSnapshotsArgs, "namespace" | "server" | "vault"> | undefined;
  namespaces: Partial<NamespacesOf<"vault">>;
  /** What `openVault` has told. */
  found: MadeOnce[];
  /** What the state knows itself by. */
  identity: pulumi.Output<string>;
}

/** Opens the Vault that somebody else runs, before anything is made, and tells what an interrupted `up` has left in it. */
export const openVault = async (
  { existing }: Pick<VaultArgs, "existing">,
  cluster: VaultArgs["cluster"],
): Promise<MadeOnce[]> => (existing === undefined ? [] : openExisting(existing, cluster));

/** Makes Vault, from its servers to what is inside of it; of one that is there, what is inside. Undefined: there is none. */
export async function createVault(
  { own, existing, snapshots, namespaces, authority, cluster, ...theirs }: VaultArgs,
  opts: pulumi.ComponentResourceOptions,
): Promise<SecretsHome> {
  if (existing !== undefined) {
    const source = existingVault(existing, theirs.identity);
    return new VaultAccess("vault-access", { source, found: theirs.found }, opts);
  }
  if (own === undefined) return undefined;
  const { vault: namespace } = having(namespaces, "vault");
  const args = { ...own, ...(authority && { authority }), namespace, cluster };
  const session = { ...args, tls: servedTls(args.tls) };
  const found = await foundInside(session);
  // Not earlier, or an `up` that is refused would leave a Vault without its log.
  if (args.audit.mode === "none" && (found.includes("Audit") || (await knowsAudit(cluster))))
    await endAudit(session);
  await cluster.changeVolumes();
  const server = new VaultServer("vault-server", args, opts);
  const bootstrap = new VaultBootstrap("vault", { ...args, server }, opts);
  const source = installedVault({ ...args, server, bootstrap });
  const vault = new VaultAccess("vault-access", { source, found }, opts);
  if (snapshots !== undefined)
    new VaultSnapshots("vault-snapshots", { ...snapshots, namespace, server, vault }, opts);
  return vault;
}
