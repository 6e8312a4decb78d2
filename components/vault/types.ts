import type * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../../platform/charts.ts";
import type { CertificateAuthority } from "../authority/index.ts";
import type { Settings } from "../../settings/index.ts";

/** Vault as this program installs it. */
export type VaultSettings = Extract<Settings["vault"], { mode: "install" }>;

export type VaultSeal = VaultSettings["seal"];
export type VaultAudit = VaultSettings["audit"];

/** What the servers speak, and who makes their certificate: somebody else, or with `internal` this program. */
export type VaultTlsSetting = VaultSettings["tls"];
/** What the servers speak. `secretName`: a Secret in their namespace with tls.crt, tls.key and ca.crt. */
export type VaultTls = Exclude<VaultTlsSetting, { mode: "internal" }>;

export interface VaultServerArgs extends Omit<VaultSettings, "snapshots" | "mode"> {
  charts: ChartSource;
  namespace: pulumi.Input<"vault">;
  storageClass: string;
  /** Signs the servers' certificate, where `tls` is `internal`. */
  authority?: CertificateAuthority;
  /** Serve metrics to whoever reaches the listener. */
  metrics: boolean;
  /** Refuse to delete the servers, and keep their volumes when they are deleted all the same. */
  protect: boolean;
}

/** The arguments once it is decided what the servers speak. */
export type ServedArgs = VaultServerArgs & { tls: VaultTls };
