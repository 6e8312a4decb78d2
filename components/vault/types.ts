import type * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../../platform/charts.ts";
import type { Settings } from "../../settings/index.ts";

type VaultSettings = Settings["vault"];

export type VaultSeal = VaultSettings["seal"];
export type VaultAudit = VaultSettings["audit"];

/** The servers' certificate: in a Secret with tls.crt, tls.key and ca.crt; `secret` when the program makes that. */
export type VaultTls =
  { mode: "plaintext" } | { mode: "secret"; secretName: string; secret?: pulumi.Resource };

export interface VaultServerArgs extends Omit<VaultSettings, "tls" | "snapshots"> {
  charts: ChartSource;
  namespace: pulumi.Input<"vault">;
  storageClass: string;
  tls: VaultTls;
  /** Serve metrics to whoever reaches the listener. */
  metrics: boolean;
  /** Refuse to delete the servers, and keep their volumes when they are deleted all the same. */
  protect: boolean;
}
