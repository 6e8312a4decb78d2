import { clusterNames, label, replicationUser } from "./names.ts";
import { certificateFolder, hbaLines, parameters } from "./settings.ts";
import type { ClusterSpec, PostgresCluster } from "./types.ts";

export const configFolder = "/etc/patroni";
const port = 8008;

/** Folder of the log, beside the data. */
export const walFolder = ({ postgresVersion }: ClusterSpec) => `/pgdata/pg${postgresVersion}_wal`;
export const dataFolder = ({ postgresVersion }: ClusterSpec) => `/pgdata/pg${postgresVersion}`;

/** The state of Patroni's servers is there from the first election on. */
const isBootstrapped = ({ status }: PostgresCluster) =>
  (status?.patroni?.systemIdentifier ?? "") !== "";

/** What all servers have in common and what may change while they run; Patroni keeps it itself. */
export function dynamicSettings(cluster: PostgresCluster): object {
  const { patroni } = cluster.spec;
  const given = patroni?.dynamicConfiguration ?? {};
  return {
    ...given,
    ttl: patroni?.leaderLeaseDurationSeconds ?? 30,
    loop_wait: patroni?.syncPeriodSeconds ?? 10,
    postgresql: {
      use_slots: false,
      ...given.postgresql,
      parameters: parameters(cluster.spec),
      pg_hba: hbaLines(cluster.spec),
      use_pg_rewind: true,
    },
  };
}

const replication = {
  username: replicationUser,
  sslmode: "verify-ca",
  sslrootcert: `${certificateFolder}/ca.crt`,
  sslcert: `${certificateFolder}/replication/tls.crt`,
  sslkey: `${certificateFolder}/replication/tls.key`,
};

/** Patroni's own settings that all servers share. JSON is YAML too. */
export function clusterSettings(cluster: PostgresCluster): object {
  const { name, namespace } = cluster.metadata;
  const authority = `${configFolder}/patroni.ca`;
  const certificate = `${configFolder}/patroni.pem`;
  return {
    scope: clusterNames(name).leader,
    kubernetes: {
      namespace,
      role_label: label.role,
      scope_label: label.patroni,
      use_endpoints: true,
      leader_label_value: "master",
      labels: { [label.cluster]: name },
    },
    postgresql: { authentication: { replication, rewind: replication } },
    restapi: { cafile: authority, certfile: certificate, verify_client: "optional" },
    ctl: { cacert: authority, certfile: certificate, insecure: false },
    watchdog: { mode: "off" },
    ...(isBootstrapped(cluster) ? {} : { bootstrap: { dcs: dynamicSettings(cluster) } }),
  };
}

/** Patroni's settings of one server, and how the first one gets its data: made anew, or as a restore left it. */
export function instanceSettings(cluster: PostgresCluster): object {
  const data = dataFolder(cluster.spec);
  const waldir = `waldir=${walFolder(cluster.spec)}`;
  const restored = { command: `mv ${data}_bootstrap ${data}`, no_params: true };
  const fresh = ["allow-group-access", "data-checksums", "encoding=UTF8", waldir];
  const bootstrap =
    cluster.status?.pgbackrest?.restore === undefined
      ? { method: "initdb", initdb: fresh }
      : { method: "existing", existing: restored };
  return {
    postgresql: {
      pgpass: "/tmp/.pgpass",
      use_unix_socket: true,
      basebackup: [waldir],
      create_replica_methods: ["basebackup"],
    },
    ...(isBootstrapped(cluster) ? {} : { bootstrap }),
  };
}

/** What Patroni can only know inside of its pod. */
export function environment(cluster: PostgresCluster) {
  const { pods } = clusterNames(cluster.metadata.name);
  const sql = cluster.spec.port ?? 5432;
  const field = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
  });
  const values = {
    PATRONI_KUBERNETES_PORTS: JSON.stringify([{ name: "postgres", port: sql, protocol: "TCP" }]),
    PATRONI_POSTGRESQL_CONNECT_ADDRESS: `$(PATRONI_NAME).${pods}:${sql}`,
    PATRONI_POSTGRESQL_LISTEN: `*:${sql}`,
    PATRONI_POSTGRESQL_CONFIG_DIR: dataFolder(cluster.spec),
    PATRONI_POSTGRESQL_DATA_DIR: dataFolder(cluster.spec),
    PATRONI_RESTAPI_CONNECT_ADDRESS: `$(PATRONI_NAME).${pods}:${port}`,
    PATRONI_RESTAPI_LISTEN: `*:${port}`,
    PATRONICTL_CONFIG_FILE: configFolder,
  };
  return [
    field("PATRONI_NAME", "metadata.name"),
    field("PATRONI_KUBERNETES_POD_IP", "status.podIP"),
    ...Object.entries(values).map(([name, value]) => ({ name, value })),
  ];
}

/** They fail about when the leader's lease ends. */
export function probes({ patroni }: ClusterSpec) {
  const period = patroni?.syncPeriodSeconds ?? 10;
  const lease = patroni?.leaderLeaseDurationSeconds ?? 30;
  const probe = (path: string) => ({
    httpGet: { path, port, scheme: "HTTPS" },
    initialDelaySeconds: 3,
    timeoutSeconds: Math.max(1, Math.floor(period / 2)),
    periodSeconds: period,
    failureThreshold: Math.max(1, Math.floor(lease / period)),
  });
  return { livenessProbe: probe("/liveness"), readinessProbe: probe("/readiness") };
}

/** What Patroni does at the API server, where it keeps who leads. */
export const permissions = [
  {
    apiGroups: [""],
    resources: ["endpoints"],
    verbs: ["create", "deletecollection", "get", "list", "patch", "watch"],
  },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch", "watch"] },
  { apiGroups: [""], resources: ["services"], verbs: ["create"] },
];
