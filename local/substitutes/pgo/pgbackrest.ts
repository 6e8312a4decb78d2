import { backupClient, clusterNames, controlled, label, serviceDnsNames } from "./names.ts";
import { dataFolder } from "./patroni.ts";
import { files, mount, podSecurity, projected, restricted, scratch, spread } from "./pods.ts";
import { socketFolder } from "./settings.ts";
import type { KubeObject, PostgresCluster, Repository } from "./types.ts";

export const stanza = "db";
const container = "pgbackrest";
const folder = "/etc/pgbackrest/conf.d";
const serverFolder = "/etc/pgbackrest/server";

export const isUsed = ({ spec }: PostgresCluster) => spec.backups?.pgbackrest !== undefined;
export const repositories = ({ spec }: PostgresCluster) => spec.backups?.pgbackrest?.repos ?? [];
const image = (env: NodeJS.ProcessEnv) => env.RELATED_IMAGE_PGBACKREST ?? "";

const repositoryPath = ({ name }: Pick<Repository, "name">) => `/pgbackrest/${name}`;

const ini = (sections: Record<string, Record<string, string>>) =>
  Object.entries(sections)
    .map(([name, options]) => {
      const lines = Object.entries(options).map(([key, value]) => `${key}=${value}`);
      return `[${name}]\n${lines.join("\n")}\n`;
    })
    .join("\n");

/** How one of pgBackRest's processes reaches another over TLS. */
const remote = (prefix: string, host: string) => ({
  [`${prefix}-host`]: host,
  [`${prefix}-host-type`]: "tls",
  [`${prefix}-host-ca-file`]: `${folder}/ca.crt`,
  [`${prefix}-host-cert-file`]: `${folder}/client.crt`,
  [`${prefix}-host-key-file`]: `${folder}/client.key`,
});

const database = (prefix: string, { spec }: PostgresCluster) => ({
  [`${prefix}-path`]: dataFolder(spec),
  [`${prefix}-port`]: String(spec.port ?? 5432),
  [`${prefix}-socket-path`]: socketFolder,
});

type Options = Record<string, string>;
const together = (...all: Options[]): Options => Object.assign({}, ...all) as Options;

const quiet = { "log-level-file": "off" };
const spool = { "archive-async": "y", "spool-path": "/pgdata/pgbackrest-spool" };

const tlsServer = (client: string) =>
  ini({
    global: {
      "tls-server-address": "0.0.0.0",
      "tls-server-auth": `${client}=*`,
      "tls-server-ca-file": `${folder}/ca.crt`,
      "tls-server-cert-file": `${serverFolder}/tls.crt`,
      "tls-server-key-file": `${serverFolder}/tls.key`,
    },
    "global:server": { "log-level-console": "detail", "log-timestamp": "n" },
  });

/** pgBackRest's settings: those of the servers, of the repository's host, and of the TLS server in both. */
export function backupConfig(
  cluster: PostgresCluster,
  instances: string[],
  domain: string,
): KubeObject {
  const { name, uid } = cluster.metadata;
  const given = cluster.spec.backups?.pgbackrest?.global ?? {};
  const paths = repositoryPaths(cluster);
  const { hosts, servers } = remotes(cluster, instances, domain);
  const global = together(paths, quiet, spool, ...hosts, given);
  const data = {
    "instance.conf": ini({ global, [stanza]: database("pg1", cluster) }),
    "repo.conf": ini({ global: together(paths, quiet, given), [stanza]: together(...servers) }),
    "server.conf": tlsServer(backupClient(uid)),
  };
  const metadata = controlled(cluster, clusterNames(name).backupConfig);
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

const repositoryPaths = (cluster: PostgresCluster) =>
  together(
    ...repositories(cluster).map((repo) => ({ [`${repo.name}-path`]: repositoryPath(repo) })),
  );

/** How the servers reach the repository's host, once for each repository, and how it reaches them. */
function remotes(cluster: PostgresCluster, instances: string[], domain: string) {
  const { name, namespace } = cluster.metadata;
  const names = clusterNames(name);
  const hostOf = (pod: string) =>
    serviceDnsNames(`${pod}-0.${names.pods}`, namespace, domain)[0] ?? "";
  const hosts = repositories(cluster).map((repo) => ({
    ...remote(repo.name, hostOf(names.repositoryHost)),
    [`${repo.name}-host-user`]: "postgres",
  }));
  const servers = instances.map((instance, index) => ({
    ...remote(`pg${index + 1}`, hostOf(instance)),
    ...database(`pg${index + 1}`, cluster),
  }));
  return { hosts, servers };
}

export const configMount = mount("pgbackrest-config", folder);

/** The user's own files, then PGO's, which win. */
export function configVolume(cluster: PostgresCluster, part: "instance" | "repo") {
  const names = clusterNames(cluster.metadata.name);
  const client = { "ca.crt": "ca.crt", "client.crt": "tls.crt", "client.key": "tls.key" };
  const config = { [`${part}.conf`]: `${part}.conf`, "server.conf": "server.conf" };
  return projected(configMount.name, [
    ...(cluster.spec.backups?.pgbackrest?.configuration ?? []),
    files("configMap", names.backupConfig, config),
    files("secret", names.backups, client),
  ]);
}

export const serverVolume = (certificate: string) =>
  projected("pgbackrest-server", [
    files("secret", certificate, { "tls.crt": "tls.crt", "tls.key": "tls.key" }),
  ]);

/** The TLS server, beside each database and beside the repository. */
export const server = (env: NodeJS.ProcessEnv, data: object[]) => ({
  name: container,
  image: image(env),
  command: ["pgbackrest", "server"],
  securityContext: restricted,
  livenessProbe: { exec: { command: ["pgbackrest", "server-ping"] }, timeoutSeconds: 5 },
  volumeMounts: [
    configMount,
    mount("pgbackrest-server", serverFolder),
    mount("tmp", "/tmp", false),
    ...data,
  ],
});

export function repositoryVolume(cluster: PostgresCluster, { name, volume }: Repository) {
  const names = clusterNames(cluster.metadata.name);
  const labels = { [label.backups]: "", [label.repository]: name };
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: controlled(cluster, names.repository(name), labels),
    spec: volume?.volumeClaimSpec,
  };
}

/** The pod that holds the repositories' volumes and does the backups. */
export function repositoryHost(cluster: PostgresCluster, env: NodeJS.ProcessEnv): KubeObject {
  const { repositoryHost: name, pods } = clusterNames(cluster.metadata.name);
  const own = { [label.backups]: "", [label.repositoryHost]: "" };
  const metadata = controlled(cluster, name, { ...own, [label.data]: "pgbackrest" });
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: {
      replicas: 1,
      serviceName: pods,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: { [label.cluster]: cluster.metadata.name, ...own } },
      template: { metadata: { labels: metadata.labels }, spec: repositoryPod(cluster, env) },
    },
  };
}

function repositoryPod(cluster: PostgresCluster, env: NodeJS.ProcessEnv) {
  const repos = repositories(cluster);
  const mounts = repos.map((repo) => mount(repo.name, repositoryPath(repo), false));
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    shareProcessNamespace: true,
    securityContext: podSecurity,
    topologySpreadConstraints: spread(cluster),
    containers: [server(env, mounts)],
    volumes: [...repositoryFiles(cluster), scratch("tmp"), ...repositoryClaims(cluster, repos)],
  };
}

function repositoryFiles(cluster: PostgresCluster) {
  const names = clusterNames(cluster.metadata.name);
  const certificate = names.instanceCertificates(names.repositoryHost);
  return [configVolume(cluster, "repo"), serverVolume(certificate)];
}

const repositoryClaims = (cluster: PostgresCluster, repos: Repository[]) =>
  repos.map(({ name }) => ({
    name,
    persistentVolumeClaim: { claimName: clusterNames(cluster.metadata.name).repository(name) },
  }));

interface Backup {
  repo: Repository;
  labels: Record<string, string>;
  options: string[];
}

/** The pod of a backup Job: it finds the repository's host and starts pgBackRest there. */
export function backupJob(cluster: PostgresCluster, backup: Backup, env: NodeJS.ProcessEnv) {
  const spec = {
    serviceAccountName: clusterNames(cluster.metadata.name).backups,
    enableServiceLinks: false,
    restartPolicy: "Never",
    securityContext: podSecurity,
    containers: [backupContainer(cluster, backup, env)],
  };
  return { template: { metadata: { labels: backup.labels }, spec } };
}

function backupContainer(
  { metadata: { name, namespace } }: PostgresCluster,
  { repo, options }: Backup,
  env: NodeJS.ProcessEnv,
) {
  const values = {
    COMMAND: "backup",
    COMMAND_OPTS: [`--stanza=${stanza}`, `--repo=${repo.name.slice(4)}`, ...options].join(" "),
    CONTAINER: container,
    NAMESPACE: namespace,
    SELECTOR: `${label.cluster}=${name},${label.repositoryHost}=`,
  };
  return {
    name: container,
    image: image(env),
    command: ["/opt/crunchy/bin/pgbackrest"],
    env: Object.entries(values).map(([key, value]) => ({ name: key, value })),
    securityContext: restricted,
  };
}
