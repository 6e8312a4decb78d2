/** Every metric that an alert or a dashboard reads, by the project that exports it. */
export const metrics = {
  /** Prometheus itself, for each target. */
  prometheus: ["up"],
  /** hashicorp/vault, docs/internals/telemetry: vault.core.* with dots turned to underscores. */
  vault: ["vault_core_active", "vault_core_unsealed"],
  /** external-secrets/external-secrets, docs/api/metrics.md. */
  externalSecrets: ["externalsecret_status_condition", "secretstore_status_condition"],
  /** CrunchyData/pgmonitor and the postgres_exporter that PGO runs beside each server. */
  postgresExporter: [
    "ccp_backrest_last_full_backup_time_since_completion_seconds",
    "ccp_is_in_recovery_status",
    "ccp_replication_lag_size_bytes",
    "pg_up",
  ],
  /** oliver006/redis_exporter, the operator's default beside servers and sentinels. */
  redisExporter: [
    "redis_connected_slaves",
    "redis_instance_info",
    "redis_memory_max_bytes",
    "redis_memory_used_bytes",
  ],
  /** istio/istio: standard metrics of the proxies, and istiod's own. */
  istio: [
    "citadel_server_root_cert_expiry_timestamp",
    "istio_request_duration_milliseconds_bucket",
    "istio_request_duration_milliseconds_count",
    "istio_requests_total",
  ],
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
