/** One metric for each column: a number, or a label of the others. */
interface Query {
  query: string;
  metrics: Record<string, { usage: "GAUGE" | "LABEL"; description: string }>[];
}

const gauge = (name: string) => ({ [name]: { usage: "GAUGE" as const, description: name } });
const text = (name: string) => ({ [name]: { usage: "LABEL" as const, description: name } });

const sum = (condition: string) => `count(*) FILTER (WHERE ${condition})`;

/** Those of pgMonitor's metrics that the platform reads, asked for in our own words. */
export const queries: Record<string, Query> = {
  ccp_is_in_recovery: {
    query: "SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 2 END AS status",
    metrics: [gauge("status")],
  },
  ccp_connection_stats: {
    query: `SELECT count(*) AS total, ${sum("state = 'active'")} AS active, ${sum("state = 'idle'")} AS idle,
      ${sum("state = 'idle in transaction'")} AS idle_in_txn,
      current_setting('max_connections')::int AS max_connections
      FROM pg_stat_activity WHERE backend_type = 'client backend'`,
    metrics: ["total", "active", "idle", "idle_in_txn", "max_connections"].map(gauge),
  },
  ccp_database_size: {
    query:
      "SELECT datname AS dbname, pg_database_size(datname) AS bytes FROM pg_database WHERE NOT datistemplate",
    metrics: [text("dbname"), gauge("bytes")],
  },
  ccp_stat_database: {
    query:
      "SELECT datname AS dbname, xact_commit, xact_rollback FROM pg_stat_database WHERE datname IS NOT NULL",
    metrics: [text("dbname"), gauge("xact_commit"), gauge("xact_rollback")],
  },
  ccp_replication_lag_size: {
    query: `SELECT application_name AS replica, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0) AS bytes
      FROM pg_stat_replication WHERE NOT pg_is_in_recovery()`,
    metrics: [text("replica"), gauge("bytes")],
  },
  ...Object.fromEntries(
    ["full", "incr"].map((kind) => [
      `ccp_backrest_last_${kind}_backup`,
      {
        query: `SELECT repo, extract(epoch FROM now() - stopped) AS time_since_completion_seconds
          FROM monitor.backups() WHERE kind = '${kind}'`,
        metrics: [text("repo"), gauge("time_since_completion_seconds")],
      },
    ]),
  ),
};

/** The user of the exporter, and what pgBackRest says of its backups: only a superuser may start a program. */
export const setupSql = (user: string, verifier: string) => `
SET client_min_messages = WARNING;
SET synchronous_commit = LOCAL;
CREATE SCHEMA IF NOT EXISTS monitor;
CREATE OR REPLACE FUNCTION monitor.backups() RETURNS TABLE (repo text, kind text, stopped timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $$
BEGIN
  IF pg_is_in_recovery() THEN RETURN; END IF;
  CREATE TEMP TABLE IF NOT EXISTS info (line text);
  DELETE FROM info;
  COPY info FROM PROGRAM 'pgbackrest info --output=json 2>/dev/null || echo []';
  RETURN QUERY SELECT backup->'database'->>'repo-key', backup->>'type',
    max(to_timestamp((backup->'timestamp'->>'stop')::bigint))
    FROM info, json_array_elements(line::json) AS stanza, json_array_elements(stanza->'backup') AS backup
    GROUP BY 1, 2;
END $$;
SELECT 'CREATE ROLE ${user} LOGIN IN ROLE pg_monitor'
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${user}')
\\gexec
ALTER ROLE ${user} LOGIN PASSWORD '${verifier}';
GRANT USAGE ON SCHEMA monitor TO ${user};
`;
