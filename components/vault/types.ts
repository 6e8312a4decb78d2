import type * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../../platform/charts.ts";
import type { Requests } from "../../platform/quantity.ts";
import type { CertificateAuthority } from "../authority/index.ts";
import type { VaultSeal } from "./seal.ts";
import type { VaultTls, VaultTlsSetting } from "./tls.ts";

/**
 * `file`: a log of every request, on a volume of each server's own. It is rotated when it is larger than `maxSize`,
 * and the last `keep` of the old ones are kept.
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
  tls: VaultTlsSetting;
  /** Signs the servers' certificate, where `tls` is `internal`. */
  authority?: CertificateAuthority;
  /** Serve metrics to whoever reaches the listener. */
  metrics: boolean;
  seal: VaultSeal;
  audit: VaultAudit;
  /** Refuse to delete the servers, and keep their volumes when they are deleted all the same. */
  protect: boolean;
}

/** The arguments once it is decided what the servers speak. */
export type ServedArgs = VaultServerArgs & { tls: VaultTls };
