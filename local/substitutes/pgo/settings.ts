import { replicationUser } from "./names.ts";
import type { ClusterSpec, HbaRule } from "./types.ts";

export const certificateFolder = "/pgconf/tls";
export const socketFolder = "/tmp/postgres";

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

export const monitoringUser = "ccp_monitoring";
export const poolUser = "_crunchypgbouncer";

// Order matters to PostgreSQL: the first line that matches a connection decides.
const mandatoryRules = ({ monitoring, proxy }: ClusterSpec) => [
  'local all "postgres" "peer"',
  `hostssl replication "${replicationUser}" all "cert"`,
  `hostssl "postgres" "${replicationUser}" all "cert"`,
  `host all "${replicationUser}" all "reject"`,
  ...(monitoring?.pgmonitor?.exporter === undefined
    ? []
    : [
        `host all "${monitoringUser}" "127.0.0.0/8" "scram-sha-256"`,
        `host all "${monitoringUser}" "::1/128" "scram-sha-256"`,
        `host all "${monitoringUser}" all "reject"`,
      ]),
  ...(proxy?.pgBouncer === undefined
    ? []
    : [`hostssl all "${poolUser}" all "scram-sha-256"`, `host all "${poolUser}" all "reject"`]),
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
  return [
    ...mandatoryRules(spec),
    ...(given.length > 0 ? given : ["hostssl all all all scram-sha-256"]),
  ];
}

const mandatoryParameters = {
  unix_socket_directories: socketFolder,
  wal_level: "logical",
  ssl: "on",
  ssl_cert_file: `${certificateFolder}/tls.crt`,
  ssl_key_file: `${certificateFolder}/tls.key`,
  ssl_ca_file: `${certificateFolder}/ca.crt`,
  archive_mode: "on",
};

const stanza = "pgbackrest --stanza=db";

export function parameters(spec: ClusterSpec): Record<string, string> {
  const asked: Record<string, unknown> = {
    ...spec.patroni?.dynamicConfiguration?.postgresql?.parameters,
    ...spec.config?.parameters,
  };
  const preloaded = asked.shared_preload_libraries as string | undefined;
  const given: Record<string, unknown> = {
    jit: "off",
    password_encryption: "scram-sha-256",
    archive_timeout: "60s",
    ...asked,
    ...mandatoryParameters,
    // Without backups the log is thrown away; switching archiving off would take a restart.
    archive_command: spec.backups === undefined ? "true" : `${stanza} archive-push "%p"`,
    restore_command: `${stanza} archive-get %f "%p"`,
    shared_preload_libraries: ["pgaudit", preloaded].filter(Boolean).join(","),
  };
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
