import type { Dashboard, Query } from "./panel.ts";

const notReady = (kind: string): Query => ({
  expr: `sum(max by (namespace, name) (${kind}_status_condition{condition="Ready",status="False"})) or vector(0)`,
  legend: kind,
});
const p99 = (summary: string): Query => ({
  expr: `max by (pod) (${summary}{quantile="0.99"})`,
  legend: "{{pod}}",
});

/** Vault, what External Secrets copies out of it, and the certificates. */
export const secretsDashboard: Dashboard = {
  uid: "shlink-secrets",
  title: "Shlink: Vault and secrets",
  panels: [
    {
      title: "Unsealed",
      unit: "none",
      queries: [{ expr: "max by (pod) (vault_core_unsealed)", legend: "{{pod}}" }],
      number: { healthyFrom: 1 },
    },
    {
      title: "Active servers",
      unit: "none",
      queries: [{ expr: "sum(vault_core_active) or vector(0)", legend: "active" }],
      number: { healthyFrom: 1 },
    },
    {
      title: "Servers that may still fail",
      unit: "none",
      queries: [{ expr: "max(vault_autopilot_failure_tolerance)", legend: "servers" }],
      number: {},
    },
    {
      title: "Not ready",
      unit: "none",
      queries: [notReady("externalsecret"), notReady("secretstore")],
      number: {},
    },
    {
      title: "Vault: requests",
      unit: "reqps",
      queries: [
        {
          expr: "sum by (pod) (rate(vault_core_handle_request_count[$__rate_interval]))",
          legend: "{{pod}}",
        },
      ],
    },
    { title: "Vault: request p99", unit: "ms", queries: [p99("vault_core_handle_request")] },
    { title: "Vault: raft commit p99", unit: "ms", queries: [p99("vault_raft_commitTime")] },
    {
      title: "Vault: leases",
      unit: "none",
      queries: [{ expr: "max(vault_expire_num_leases)", legend: "leases" }],
    },
    {
      title: "External Secrets: failed syncs",
      unit: "ops",
      queries: [
        {
          expr: "sum by (namespace, name) (rate(externalsecret_sync_calls_error[$__rate_interval]))",
          legend: "{{namespace}}/{{name}}",
        },
      ],
    },
    {
      title: "External Secrets: calls to Vault",
      unit: "ops",
      queries: [
        {
          expr: "sum by (call, status) (rate(externalsecret_provider_api_calls_count[$__rate_interval]))",
          legend: "{{call}} {{status}}",
        },
      ],
    },
    {
      title: "Certificates expire in",
      unit: "s",
      queries: [
        {
          expr: "min by (instance) (probe_ssl_earliest_cert_expiry) - time()",
          legend: "{{instance}}",
        },
        { expr: "min(citadel_server_root_cert_expiry_timestamp) - time()", legend: "mesh root" },
      ],
    },
  ],
};
