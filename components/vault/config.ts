import { podNames, releaseName } from "./names.ts";
import { sealStanza } from "./seal.ts";
import { joinTls, listenerTls, scheme } from "./tls.ts";
import type { ServedArgs, VaultTls } from "./types.ts";
import { workloads } from "../../platform/workloads.ts";

const { ports } = workloads.vault;

/** Vault's own configuration. The chart adds `disable_mlock` itself. */
export function vaultConfig(args: ServedArgs): string {
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

function retryJoin(pod: string, tls: VaultTls): string {
  const host = `${pod}.${releaseName}-internal`;
  return `  retry_join {
    leader_api_addr = "${scheme(tls)}://${host}:${ports.api}"
${joinTls(tls)}  }
`;
}
