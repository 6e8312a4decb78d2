import type * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../../platform/charts.ts";
import type { Requests } from "../../platform/quantity.ts";
import type { VaultSeal } from "./seal.ts";

/** `secretName`: a Secret in Vault's namespace with tls.crt, tls.key and ca.crt; `secret` when it is of this program. */
export type VaultTls =
  { mode: "plaintext" } | { mode: "secret"; secretName: string; secret?: pulumi.Resource };

/**
 * `file`: a log of every request, on a volume of each server's own. It is put aside when it is larger than `maxSize`,
 * and the last `keep` of those are kept.
 */
export type VaultAudit =
  { mode: "none" } | { mode: "file"; storage: string; maxSize: string; keep: number };

export interface VaultServerArgs {
  charts: ChartSource;
  namespace: pulumi.Input<string>;
  /** 1, 3 or 5: the raft needs a majority. */
  replicas: number;
  /** Size of each server's volume. */
  storage: string;
  storageClass: string;
  requests: Requests;
  /** Raft timing, 1 (fast) to 10. */
  raftPerformanceMultiplier: number;
  tls: VaultTls;
  /** Serve metrics to whoever reaches the listener. */
  metrics: boolean;
  seal: VaultSeal;
  audit: VaultAudit;
  /** Refuse to delete the servers, and keep their volumes when they are deleted all the same. */
  protect: boolean;
}
