import { certificates, podNames, releaseName, scheme } from "./names.ts";
import { sealStanza } from "./seal.ts";
import type { VaultServerArgs, VaultTls } from "./types.ts";
import { workloads } from "../../platform/workloads.ts";

const { ports } = workloads.vault;

/** Vault's own configuration. The chart adds `disable_mlock` itself. */
export function vaultConfig(args: VaultServerArgs): string {
  const { replicas, raftPerformanceMultiplier, tls, seal, metrics } = args;
  const joins =
    replicas === 1
      ? ""
      : podNames(replicas)
          .map((pod) => retryJoin(pod, tls))
          .join("");
  return `ui = false

listener "tcp" {
  address = "[::]:${ports.api}"
  cluster_address = "[::]:${ports.raft}"
${listenerTls(tls)}${metrics ? openMetrics : ""}}

storage "raft" {
  path = "/vault/data"
  performance_multiplier = ${raftPerformanceMultiplier}
${joins}}

service_registration "kubernetes" {}
${sealStanza(seal)}${metrics ? telemetry : ""}`;
}

/** Sealed and standby servers answer no token: whom the metrics are for is the network policies' business. */
const openMetrics = `  telemetry {
    unauthenticated_metrics_access = true
  }
`;

const telemetry = `
telemetry {
  prometheus_retention_time = "24h"
  disable_hostname = true
}
`;

function listenerTls(tls: VaultTls): string {
  if (tls.mode === "plaintext") return "  tls_disable = 1\n";
  return `  tls_cert_file = "${certificates}/tls.crt"
  tls_key_file = "${certificates}/tls.key"
  tls_client_ca_file = "${certificates}/ca.crt"
  tls_min_version = "tls12"
`;
}

function retryJoin(pod: string, tls: VaultTls): string {
  const host = `${pod}.${releaseName}-internal`;
  const ca = tls.mode === "secret" ? `    leader_ca_cert_file = "${certificates}/ca.crt"\n` : "";
  return `  retry_join {
    leader_api_addr = "${scheme(tls)}://${host}:${ports.api}"
${ca}  }
`;
}
