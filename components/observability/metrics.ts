import { rateMetric } from "../routing/rate-limit.ts";
import { routeNames } from "../routing/types.ts";

/** Metrics of one exporter by name, each with those of its labels that an alert or a dashboard reads. */
type Exported = Record<string, readonly string[]>;

/** The labels that Prometheus gives to every series: from its target, and from its operator's monitors. */
export const targetLabels = ["job", "instance", "namespace", "pod"];

/**
 * What kube-state-metrics exports, by the collector that has to be on for it:
 * https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics.
 */
const kubeState = {
  cronjobs: {
    kube_cronjob_created: ["cronjob"],
    kube_cronjob_status_last_successful_time: ["cronjob"],
  },
  deployments: { kube_deployment_status_replicas_available: ["deployment"] },
  jobs: { kube_job_status_failed: ["job_name"], kube_job_status_succeeded: ["job_name"] },
} satisfies Record<string, Exported>;

/** The collectors of kube-state-metrics without which an alert could never fire. */
export const kubeStateCollectors = Object.keys(kubeState);

/** Every metric that an alert or a dashboard reads, by the project that exports it. */
export const metrics: Record<string, Exported> = {
  /** Prometheus itself, for each target. */
  prometheus: { up: [] },
  /** hashicorp/vault, docs/internals/telemetry: vault.core.* with dots turned to underscores. */
  vault: {
    vault_autopilot_failure_tolerance: [],
    vault_core_active: [],
    vault_core_handle_request: ["quantile"],
    vault_core_handle_request_count: [],
    vault_core_unsealed: [],
    vault_expire_num_leases: [],
    vault_raft_commitTime: ["quantile"],
  },
  /** external-secrets/external-secrets, docs/api/metrics.md. */
  externalSecrets: {
    externalsecret_provider_api_calls_count: ["call", "status"],
    externalsecret_status_condition: ["condition", "name", "status"],
    externalsecret_sync_calls_error: ["name"],
    secretstore_status_condition: ["condition", "name", "status"],
  },
  /** CrunchyData/pgmonitor and the postgres_exporter that PGO runs beside each server. */
  postgresExporter: {
    ccp_backrest_last_full_backup_time_since_completion_seconds: ["repo"],
    ccp_backrest_last_incr_backup_time_since_completion_seconds: ["repo"],
    ccp_connection_stats_active: [],
    ccp_connection_stats_idle: [],
    ccp_connection_stats_idle_in_txn: [],
    ccp_connection_stats_max_connections: [],
    ccp_connection_stats_total: [],
    ccp_database_size_bytes: ["dbname"],
    ccp_is_in_recovery_status: [],
    ccp_replication_lag_size_bytes: ["replica"],
    ccp_stat_database_xact_commit: ["dbname"],
    ccp_stat_database_xact_rollback: ["dbname"],
    pg_up: [],
  },
  /** oliver006/redis_exporter, the operator's default beside servers and sentinels. */
  redisExporter: {
    redis_commands_processed_total: [],
    redis_connected_clients: [],
    redis_connected_slaves: [],
    redis_evicted_keys_total: [],
    redis_instance_info: ["role"],
    redis_memory_max_bytes: [],
    redis_memory_used_bytes: [],
    redis_sentinel_master_ok_sentinels: [],
    redis_up: [],
  },
  /** istio/istio: standard metrics of the proxies, and istiod's own. */
  istio: {
    citadel_server_root_cert_expiry_timestamp: [],
    istio_request_duration_milliseconds_bucket: ["le", "reporter"],
    istio_request_duration_milliseconds_count: ["reporter"],
    istio_requests_total: ["reporter", "response_code"],
  },
  /** envoyproxy/envoy, the local rate limit's filter, of which Istio keeps only what the gateway asks for. */
  envoy: Object.fromEntries(
    routeNames.flatMap((route) => [
      [rateMetric(route, "enabled"), []],
      [rateMetric(route, "rate_limited"), []],
    ]),
  ),
  /** prometheus/blackbox_exporter. */
  blackboxExporter: { probe_ssl_earliest_cert_expiry: [], probe_success: [] },
  kubeStateMetrics: { ...kubeState.cronjobs, ...kubeState.deployments, ...kubeState.jobs },
};
