import { revision } from "./names.ts";
import type { PostgresUser } from "./types.ts";

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

// Nothing the session does may depend on what users put in a schema or on a slow replica.
const preamble = "SET synchronous_commit = LOCAL;\nSET search_path TO '';\n";

function createUnlessExists(statement: string, catalog: string, column: string, name: string) {
  const missing = `NOT EXISTS (SELECT 1 FROM pg_catalog.${catalog} WHERE ${column} = ${literal(name)})`;
  return `SELECT ${literal(statement)} WHERE ${missing}\n\\gexec\n`;
}

export function databasesSql(databases: string[]): string {
  const create = (name: string) =>
    createUnlessExists(`CREATE DATABASE ${identifier(name)}`, "pg_database", "datname", name);
  return preamble + databases.map(create).join("");
}

const roleOptions =
  /^(?:(?:NO)?(?:SUPERUSER|CREATEDB|CREATEROLE|INHERIT|LOGIN|REPLICATION|BYPASSRLS)|CONNECTION\s+LIMIT\s+-?\d+|VALID\s+UNTIL\s+'[^']*')$/i;

/** Options PGO cannot parse are dropped as a whole; a password among them is never passed on. */
export function safeRoleOptions(options: string | undefined): string {
  const words = options?.match(/CONNECTION\s+LIMIT\s+\S+|VALID\s+UNTIL\s+'[^']*'|\S+/gi) ?? [];
  return words.every((word) => roleOptions.test(word)) ? words.join(" ") : "";
}

function userSql(user: PostgresUser, verifier: string): string {
  const isSuperuser = user.name === "postgres";
  const options = isSuperuser ? "LOGIN SUPERUSER" : safeRoleOptions(user.options);
  const databases = isSuperuser ? ["postgres"] : (user.databases ?? []);
  const role = identifier(user.name);
  const grants = databases.map(
    (name) => `GRANT ALL PRIVILEGES ON DATABASE ${identifier(name)} TO ${role};\n`,
  );
  return (
    createUnlessExists(`CREATE USER ${role}`, "pg_roles", "rolname", user.name) +
    `ALTER ROLE ${role} WITH ${options} PASSWORD ${literal(verifier)};\n` +
    grants.join("")
  );
}

function schemasSql(users: PostgresUser[]): string {
  const reserved = new Set(["public", "pgbouncer", "monitor"]);
  const schemas = users.flatMap((user) =>
    reserved.has(user.name)
      ? []
      : (user.databases ?? []).map((database) => {
          const role = identifier(user.name);
          return `\\connect ${identifier(database)}\nCREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role};\n`;
        }),
  );
  return schemas.length > 0 ? `SET client_min_messages = WARNING;\n${schemas.join("")}` : "";
}

export function usersSql(
  users: PostgresUser[],
  verifiers: ReadonlyMap<string, string>,
  createSchemas: boolean,
): string {
  const statements = users.map((user) => userSql(user, verifiers.get(user.name) ?? ""));
  const schemas = createSchemas ? schemasSql(users) : "";
  return `${preamble}BEGIN;\n${statements.join("")}COMMIT;\n${schemas}`;
}

export const psqlCommand = ["psql", "-Xw", "--file=-", "--set=ON_ERROR_STOP=on", "--set=QUIET=on"];

const allDatabases = "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn";

/** Runs a command with the same input in every database, the template of new ones included. */
export const forEachDatabase = (command: string) => [
  "sh",
  "-ceu",
  `input=$(cat)
names=$(psql -XAtwc "${allDatabases}")
for name in $names; do printf '%s' "$input" | PGDATABASE="$name" ${command}; done`,
];

/** Puts pgAudit into a database. */
export const auditSql =
  "SET client_min_messages = WARNING; SET synchronous_commit = LOCAL; CREATE EXTENSION IF NOT EXISTS pgaudit;";

/**
 * The user of the pool, and the one function that it may call: it tells passwords of those who may log in and have
 * no power over others.
 */
export const poolSql = (user: string, verifier: string) => `
SET client_min_messages = WARNING;
SET synchronous_commit = LOCAL;
BEGIN;
${createUnlessExists(`CREATE ROLE ${identifier(user)} NOLOGIN`, "pg_roles", "rolname", user)}
CREATE SCHEMA IF NOT EXISTS pgbouncer;
REVOKE ALL ON SCHEMA pgbouncer FROM PUBLIC, ${identifier(user)};
GRANT USAGE ON SCHEMA pgbouncer TO ${identifier(user)};
CREATE OR REPLACE FUNCTION pgbouncer.get_auth(username text)
RETURNS TABLE (username text, password text) LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT rolname::text, rolpassword::text FROM pg_catalog.pg_authid
  WHERE rolname = $1 AND rolcanlogin AND NOT rolsuper AND NOT rolreplication AND rolname <> ${literal(user)}
    AND (rolvaliduntil IS NULL OR rolvaliduntil >= now())
$$;
REVOKE ALL ON FUNCTION pgbouncer.get_auth(text) FROM PUBLIC, ${identifier(user)};
GRANT EXECUTE ON FUNCTION pgbouncer.get_auth(text) TO ${identifier(user)};
ALTER ROLE ${identifier(user)} SET search_path TO 'pgbouncer';
ALTER ROLE ${identifier(user)} LOGIN PASSWORD ${literal(verifier)};
COMMIT;
`;

export const sqlRevision = (sql: string) => revision(psqlCommand.join(" ") + sql);
