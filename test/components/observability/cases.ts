import type { RuleArgs } from "../../../components/observability/types.ts";

/** Series in promtool's notation, and when to look. */
export interface Case {
  series: Record<string, string>;
  minutes?: number;
}

export const thresholds: RuleArgs = {
  vault: { replicas: 3, snapshotSchedule: "0 */6 * * *" },
  database: { instances: 3, fullSchedule: "0 3 * * *" },
  redis: { replicas: 3, sentinels: 3 },
  shlinkReplicas: 3,
  probes: true,
  jobs: ["vault/vault", "redis/redis"],
};

const constant = (value: number) => `${value}x200`;
const one = (series: string, fires: number, quiet: number, minutes = 30) => ({
  fires: { series: { [series]: constant(fires) }, minutes },
  quiet: { series: { [series]: constant(quiet) }, minutes },
});
/** Three targets of a job, of which some answer. */
const targets = (job: string, up: number) =>
  Object.fromEntries(
    [0, 1, 2].map((pod) => [`up{job="${job}",pod="${pod}"}`, constant(pod < up ? 1 : 0)]),
  );
const serving = (job: string, fires: number, quiet: number) => ({
  fires: { series: targets(job, fires) },
  quiet: { series: targets(job, quiet) },
});

const gateway = 'job="istio-ingress/gateway",reporter="source"';
const requests = (bad: number) => ({
  series: {
    [`istio_requests_total{${gateway},response_code="302"}`]: `0+${10_000 - bad}x200`,
    [`istio_requests_total{${gateway},response_code="503"}`]: `0+${bad}x200`,
  },
});
const durations = (slow: number) => ({
  series: {
    [`istio_request_duration_milliseconds_count{${gateway}}`]: "0+10000x200",
    [`istio_request_duration_milliseconds_bucket{${gateway},le="500"}`]: `0+${10_000 - slow}x200`,
  },
});
const day = 86_400;
const certificate =
  'probe_ssl_earliest_cert_expiry{job="probe/platform/certificates",instance="s:443"}';
const condition = 'condition="Ready",status="False",namespace="shlink",name="x"';
const deployment = (namespace: string) =>
  `kube_deployment_status_replicas_available{namespace="${namespace}",deployment="x"}`;
const snapshots = '{namespace="vault",cronjob="vault-snapshot"}';
const failedJob = 'kube_job_status_failed{namespace="shlink",job_name="shlink-migration-1"}';
const succeededJob = 'kube_job_status_succeeded{namespace="shlink",job_name="shlink-migration-1"}';

/** For every alert a case in which it fires and one in which it does not. */
export const cases: Record<string, { fires: Case; quiet: Case }> = {
  VaultSealed: {
    fires: { series: { 'vault_core_unsealed{pod="vault-0",cluster=""}': constant(0) } },
    quiet: {
      series: {
        'vault_core_unsealed{pod="vault-0",cluster=""}': constant(0),
        'vault_core_unsealed{pod="vault-0",cluster="vault-cluster-1"}': constant(1),
      },
    },
  },
  VaultWithoutLeader: one('vault_core_active{pod="vault-0"}', 0, 1),
  VaultServerDown: serving("vault/vault", 2, 3),
  // Never one at all counts from the beginning; one success is enough to be quiet again.
  VaultSnapshotTooOld: {
    fires: { series: { [`kube_cronjob_created${snapshots}`]: constant(-8 * 3600) } },
    quiet: {
      series: {
        [`kube_cronjob_created${snapshots}`]: constant(-80 * 3600),
        [`kube_cronjob_status_last_successful_time${snapshots}`]: constant(-6 * 3600),
      },
    },
  },
  ExternalSecretNotSynced: one(`externalsecret_status_condition{${condition}}`, 1, 0),
  SecretStoreNotReady: one(`secretstore_status_condition{${condition}}`, 1, 0),
  PostgresDown: one('pg_up{pod="pg-0"}', 0, 1),
  PostgresWithoutPrimary: one('ccp_is_in_recovery_status{pod="pg-0"}', 1, 2),
  PostgresReplicaMissing: {
    fires: { series: { 'pg_up{pod="0"}': constant(1), 'pg_up{pod="1"}': constant(1) } },
    quiet: {
      series: Object.fromEntries([0, 1, 2].map((pod) => [`pg_up{pod="${pod}"}`, constant(1)])),
    },
  },
  PostgresReplicaLag: one('ccp_replication_lag_size_bytes{replica="b"}', 60_000_000, 1_000),
  BackupTooOld: one(
    'ccp_backrest_last_full_backup_time_since_completion_seconds{repo="1"}',
    31 * 3600,
    29 * 3600,
  ),
  RedisUnavailable: {
    fires: { series: { 'redis_up{job="redis/redis",pod="0"}': constant(0) } },
    // One server of three is enough for redirects.
    quiet: {
      series: {
        'redis_up{job="redis/redis",pod="0"}': constant(0),
        'redis_up{job="redis/redis",pod="1"}': constant(1),
      },
    },
  },
  RedisWithoutMaster: {
    fires: { series: { 'redis_instance_info{job="redis/redis",role="slave"}': constant(1) } },
    quiet: { series: { 'redis_instance_info{job="redis/redis",role="master"}': constant(1) } },
  },
  RedisMemoryNearLimit: {
    fires: {
      series: { redis_memory_used_bytes: constant(95), redis_memory_max_bytes: constant(100) },
    },
    // No limit at all is no division by zero.
    quiet: {
      series: { redis_memory_used_bytes: constant(95), redis_memory_max_bytes: constant(0) },
    },
  },
  RedisSentinelMissing: serving("redis/redis-sentinel", 2, 3),
  RedisReplicationBroken: one('redis_connected_slaves{job="redis/redis"}', 1, 2),
  ShlinkUnavailable: one(deployment("shlink"), 0, 3),
  ShlinkReplicasUnavailable: one(deployment("shlink"), 2, 3),
  MigrationFailed: {
    fires: { series: { [failedJob]: constant(1), [succeededJob]: constant(0) } },
    quiet: { series: { [failedJob]: constant(1), [succeededJob]: constant(1) } },
  },
  OperatorUnavailable: one(deployment("redis-operator"), 0, 1),
  TargetsAbsent: {
    fires: { series: targets("vault/vault", 3) },
    quiet: { series: { ...targets("vault/vault", 3), ...targets("redis/redis", 0) } },
  },
  IstiodDown: serving("istio-system/istiod", 0, 1),
  GatewayDown: serving("istio-ingress/gateway", 0, 1),
  MeshRootExpiresSoon: one("citadel_server_root_cert_expiry_timestamp", 10 * day, 40 * day, 90),
  CertificateExpiresSoon: one(certificate, 10 * day, 20 * day, 90),
  CertificateExpiresNow: one(certificate, 2 * day, 10 * day),
  CertificateProbeFailed: one('probe_success{job="probe/platform/certificates"}', 0, 1),
  ErrorBudgetBurnsFast: { fires: requests(200), quiet: requests(50) },
  ErrorBudgetBurnsSlowly: { fires: requests(50), quiet: requests(5) },
  LatencyBudgetBurnsFast: { fires: durations(2_000), quiet: durations(500) },
  LatencyBudgetBurnsSlowly: { fires: durations(500), quiet: durations(50) },
};
