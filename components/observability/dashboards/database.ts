import type { Dashboard, Query } from "./panel.ts";

const backupAge = (kind: "full" | "incr"): Query => ({
  expr: `min by (repo) (ccp_backrest_last_${kind}_backup_time_since_completion_seconds)`,
  legend: `${kind}, repository {{repo}}`,
});
const connections = (state: string): Query => ({
  expr: `max by (pod) (ccp_connection_stats_${state})`,
  legend: `{{pod}} ${state}`,
});
const transactions = (end: string): Query => ({
  expr: `sum by (dbname) (rate(ccp_stat_database_xact_${end}[$__rate_interval]))`,
  legend: `{{dbname}} ${end}`,
});

export const databaseDashboard: Dashboard = {
  uid: "shlink-database",
  title: "Shlink: PostgreSQL",
  panels: [
    {
      title: "Servers that answer",
      unit: "none",
      queries: [{ expr: "sum(pg_up)", legend: "servers" }],
      number: { healthyFrom: 1 },
    },
    {
      title: "Primaries",
      unit: "none",
      // pgMonitor: 1 is a replica, 2 a primary.
      queries: [
        { expr: "count(ccp_is_in_recovery_status == 2) or vector(0)", legend: "primaries" },
      ],
      number: { healthyFrom: 1 },
    },
    {
      title: "Age of the last full backup",
      unit: "s",
      queries: [backupAge("full")],
      number: {},
    },
    {
      title: "Connections in use",
      unit: "percentunit",
      queries: [
        {
          expr: "max(ccp_connection_stats_total / ccp_connection_stats_max_connections)",
          legend: "of the fullest server",
        },
      ],
      number: {},
    },
    {
      title: "Connections",
      unit: "none",
      queries: ["active", "idle", "idle_in_txn", "max_connections"].map(connections),
    },
    { title: "Transactions", unit: "ops", queries: ["commit", "rollback"].map(transactions) },
    {
      title: "Replication lag",
      unit: "bytes",
      queries: [
        { expr: "max by (replica) (ccp_replication_lag_size_bytes)", legend: "{{replica}}" },
      ],
    },
    {
      title: "Size of the databases",
      unit: "bytes",
      queries: [{ expr: "max by (dbname) (ccp_database_size_bytes)", legend: "{{dbname}}" }],
    },
    { title: "Age of the backups", unit: "s", queries: [backupAge("full"), backupAge("incr")] },
  ],
};
