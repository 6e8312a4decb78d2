import { rateMetric } from "../routing/rate-limit.ts";
import { routeNames } from "../routing/traffic.ts";

/** Every metric that an alert or a dashboard reads, by the project that exports it. */
export const metrics = {
  /** Prometheus itself, for each target. */
  prometheus: ["up"],
  /** hashicorp/vault, docs/internals/telemetry: vault.core.* with dots turned to underscores. */
  vault: [
    "vault_autopilot_failure_tolerance",
    "vault_core_active",
    "vault_core_handle_request",
    "vault_core_handle_request_count",
    "vault_core_unsealed",
    "vault_expire_num_leases",
    "vault_raft_commitTime",
  ],
  /** external-secrets/external-secrets, docs/api/metrics.md. */
  externalSecrets: [
    "externalsecret_provider_api_calls_count",
    "externalsecret_status_condition",
    "externalsecret_sync_calls_error",
    "secretstore_status_condition",
  ],
  /** CrunchyData/pgmonitor and the postgres_exporter that PGO runs beside each server. */
  postgresExporter: [
    "ccp_backrest_last_full_backup_time_since_completion_seconds",
    "ccp_backrest_last_incr_backup_time_since_completion_seconds",
    "ccp_connection_stats_active",
    "ccp_connection_stats_idle",
    "ccp_connection_stats_idle_in_txn",
    "ccp_connection_stats_max_connections",
    "ccp_connection_stats_total",
    "ccp_database_size_bytes",
    "ccp_is_in_recovery_status",
    "ccp_replication_lag_size_bytes",
    "ccp_stat_database_xact_commit",
    "ccp_stat_database_xact_rollback",
    "pg_up",
  ],
  /** oliver006/redis_exporter, the operator's default beside servers and sentinels. */
  redisExporter: [
    "redis_commands_processed_total",
    "redis_connected_clients",
    "redis_connected_slaves",
    "redis_evicted_keys_total",
    "redis_instance_info",
    "redis_memory_max_bytes",
    "redis_memory_used_bytes",
    "redis_sentinel_master_ok_sentinels",
  ],
  /** istio/istio: standard metrics of the proxies, and istiod's own. */
  istio: [
    "citadel_server_root_cert_expiry_timestamp",
    "istio_request_duration_milliseconds_bucket",
    "istio_request_duration_milliseconds_count",
    "istio_requests_total",
  ],
  /** envoyproxy/envoy, the local rate limit's filter, of which Istio keeps only what the gateway asks for. */
  envoy: routeNames.flatMap((route) => [
    rateMetric(route, "enabled"),
    rateMetric(route, "rate_limited"),
  ]),
  /** prometheus/blackbox_exporter. */
  blackboxExporter: ["probe_ssl_earliest_cert_expiry", "probe_success"],
  /** kubernetes/kube-state-metrics, docs/metrics. */
  kubeStateMetrics: [
    "kube_cronjob_created",
    "kube_cronjob_status_last_successful_time",
    "kube_deployment_status_replicas_available",
    "kube_job_status_failed",
    "kube_job_status_succeeded",
  ],
};
