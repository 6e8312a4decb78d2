import { replicationUser } from "./names.ts";
import type { ClusterSpec, HbaRule } from "./types.ts";

export const certificateFolder = "/pgconf/tls";
export const socketFolder = "/tmp/postgres";

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

// Order matters to PostgreSQL: the first line that matches a connection decides.
const mandatoryRules = [
  'local all "postgres" "peer"',
  `hostssl replication "${replicationUser}" all "cert"`,
  `hostssl "postgres" "${replicationUser}" all "cert"`,
  `host all "${replicationUser}" all "reject"`,
];

function ruleLine(rule: HbaRule): string {
  if (rule.hba !== undefined && rule.hba !== "") return rule.hba.trim();
  const list = (names: string[] | undefined) =>
    names === undefined || names.length === 0 ? "all" : names.map(quote).join(",");
  const method = rule.method === "password" ? "scram-sha-256" : (rule.method ?? "");
  const origin = rule.connection ?? "host";
  const address = origin === "local" ? [] : ["all"];
  const options = Object.entries(rule.options ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${quote(key)}=${quote(String(value))}`);
  return [
    quote(origin),
    list(rule.databases),
    list(rule.users),
    ...address,
    quote(method),
    ...options,
  ].join(" ");
}

/** Any rule of the user's replaces the default one, as in PGO. */
export function hbaLines(spec: ClusterSpec): string[] {
  const given = [
    ...(spec.authentication?.rules ?? []).map(ruleLine),
    ...(spec.patroni?.dynamicConfiguration?.postgresql?.pg_hba ?? []),
  ].filter((line) => line !== "" && !line.startsWith("include"));
  return [...mandatoryRules, ...(given.length > 0 ? given : ["hostssl all all all scram-sha-256"])];
}

const mandatoryParameters = {
  unix_socket_directories: socketFolder,
  wal_level: "logical",
  ssl: "on",
  ssl_cert_file: `${certificateFolder}/tls.crt`,
  ssl_key_file: `${certificateFolder}/tls.key`,
  ssl_ca_file: `${certificateFolder}/ca.crt`,
  listen_addresses: "*",
  // Without it a replica could not be promoted and an old primary could not come back.
  hot_standby: "on",
};

export function parameterLines(spec: ClusterSpec): string[] {
  const asked: Record<string, unknown> = {
    ...spec.patroni?.dynamicConfiguration?.postgresql?.parameters,
    ...spec.config?.parameters,
  };
  const preloaded = asked.shared_preload_libraries as string | undefined;
  const given: Record<string, unknown> = {
    jit: "off",
    password_encryption: "scram-sha-256",
    ...asked,
    ...mandatoryParameters,
    shared_preload_libraries: ["pgaudit", preloaded].filter(Boolean).join(","),
    port: spec.port ?? 5432,
  };
  return Object.entries(given)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name.toLowerCase()} = '${String(value).replaceAll("'", "''")}'`);
}
