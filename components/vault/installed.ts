import type { Cluster } from "../../effects/cluster.ts";
import type { VaultBootstrap } from "./bootstrap.ts";
import type { VaultServer } from "./server.ts";
import { openSession, providerInputs } from "./session.ts";
import type { VaultSource } from "./source.ts";

export interface InstalledVaultArgs {
  cluster: Cluster;
  server: VaultServer;
  bootstrap: VaultBootstrap;
  /** Loopback port of the tunnel to Vault. */
  localPort: number;
}

/** The Vault that this program has installed: by a tunnel, as the bootstrap's deployer. */
export function installedVault(args: InstalledVaultArgs): VaultSource {
  const { tls, address, audit, release } = args.server;
  return {
    address,
    provider: providerInputs({ ...args, tls }),
    // It is unknown until Vault is ready, so that a first preview configures nothing; constant from then on.
    session: args.bootstrap.ready.apply(() => openSession({ ...args, tls })),
    ownAuthority: tls.mode === "secret",
    store: "secret",
    logins: { path: "kubernetes", existing: false },
    prefix: "",
    audit: audit.mode === "file",
    release,
  };
}
