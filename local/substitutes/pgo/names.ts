import { randomInt } from "node:crypto";
import type { ExtraMetadata, Labels, Metadata, OwnerReference, PostgresCluster } from "./types.ts";

const prefix = "postgres-operator.crunchydata.com/";

export const apiVersion = "postgres-operator.crunchydata.com/v1beta1";
export const fieldManager = "postgrescluster-controller";
export const finalizer = `${prefix}finalizer`;
export const restoreId = `${prefix}pgbackrest-restore`;
export const authorizeBackupRemoval = `${prefix}authorizeBackupRemoval`;
export const autoCreateUserSchema = `${prefix}autoCreateUserSchema`;

export const label = {
  cluster: `${prefix}cluster`,
  instance: `${prefix}instance`,
  instanceSet: `${prefix}instance-set`,
  role: `${prefix}role`,
  data: `${prefix}data`,
  backups: `${prefix}pgbackrest`,
  repository: `${prefix}pgbackrest-repo`,
  repositoryHost: `${prefix}pgbackrest-dedicated`,
  backup: `${prefix}pgbackrest-backup`,
  schedule: `${prefix}pgbackrest-cronjob`,
  restore: `${prefix}pgbackrest-restore`,
  exporter: `${prefix}crunchy-postgres-exporter`,
  patroni: `${prefix}patroni`,
  pguser: `${prefix}pguser`,
  clusterCertificate: `${prefix}cluster-certificate`,
} as const;

export const databaseContainer = "database";
export const replicationUser = "_crunchyrepl";
/** By this name pgBackRest's servers know a client. */
export const backupClient = (uid = "") => `pgbackrest@${uid}`;
export const rootCertificateSecret = "pgo-root-cacert";

// Kubernetes' own alphabet for generated names: no vowels, so no words.
const nameAlphabet = "bcdfghjklmnpqrstvwxz2456789";

export function randomSuffix(): string {
  return Array.from({ length: 4 }, () => nameAlphabet.charAt(randomInt(nameAlphabet.length))).join(
    "",
  );
}

/** The short hash PGO stores in status: FNV-1 in decimal digits, spelled in the name alphabet. */
export function revision(content: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(content)) {
    hash = Math.imul(hash, 0x01000193) >>> 0;
    hash = (hash ^ byte) >>> 0;
  }
  return [...Buffer.from(String(hash))]
    .map((byte) => nameAlphabet.charAt(byte % nameAlphabet.length))
    .join("");
}

export function clusterNames(cluster: string) {
  return {
    primary: `${cluster}-primary`,
    replicas: `${cluster}-replicas`,
    pods: `${cluster}-pods`,
    leader: `${cluster}-ha`,
    leaderConfig: `${cluster}-ha-config`,
    repository: (repo: string) => `${cluster}-${repo}`,
    repositoryHost: `${cluster}-repo-host`,
    backups: `${cluster}-pgbackrest`,
    backupConfig: `${cluster}-pgbackrest-config`,
    firstBackup: `${cluster}-backup-first`,
    schedule: (repo: string, kind: string) => `${cluster}-${repo}-${kind}`,
    restoreJob: `${cluster}-pgbackrest-restore`,
    config: `${cluster}-config`,
    instanceConfig: (instance: string) => `${instance}-config`,
    instanceCertificates: (instance: string) => `${instance}-certs`,
    pool: `${cluster}-pgbouncer`,
    monitoring: `${cluster}-monitoring`,
    queries: `${cluster}-exporter-queries-config`,
    instanceAccount: `${cluster}-instance`,
    certificate: `${cluster}-cluster-cert`,
    replicationCertificate: `${cluster}-replication-cert`,
    deprecatedUserSecret: `${cluster}-pguser`,
    userSecret: (user: string) => `${cluster}-pguser-${user}`,
    instanceSet: (set: string) => `${cluster}-set-${set}`,
    instance: (set: string, suffix: string) => `${cluster}-${set}-${suffix}`,
  };
}

export function serviceDnsNames(service: string, namespace: string, domain: string): string[] {
  return [
    `${service}.${namespace}.svc.${domain}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}`,
    service,
  ];
}

/** The domain as Go's resolver prints it: PGO's certificates carry its trailing dot. */
export function clusterDomain(resolvConf: string): string {
  const search = /^search\s+(.*)$/m.exec(resolvConf)?.[1]?.split(/\s+/) ?? [];
  const service = search.find((name) => name.startsWith("svc."));
  return `${(service ?? "svc.cluster.local").slice("svc.".length).replace(/\.$/, "")}.`;
}

export function ownerReference(cluster: PostgresCluster): OwnerReference {
  return {
    apiVersion: cluster.apiVersion,
    kind: cluster.kind,
    name: cluster.metadata.name,
    uid: cluster.metadata.uid ?? "",
  };
}

const merged = (all: (Labels | undefined)[]) => Object.assign({}, ...all) as Labels;

/** Metadata of an object that this cluster controls; PGO's own labels win over the user's. */
export function controlled(
  cluster: PostgresCluster,
  name: string,
  labels: Labels = {},
  extras: (ExtraMetadata | undefined)[] = [],
): Metadata {
  const given = [cluster.spec.metadata, ...extras];
  const annotations = merged(given.map((extra) => extra?.annotations));
  return {
    name,
    namespace: cluster.metadata.namespace,
    labels: {
      ...merged(given.map((extra) => extra?.labels)),
      [label.cluster]: cluster.metadata.name,
      ...labels,
    },
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ownerReferences: [{ ...ownerReference(cluster), controller: true, blockOwnerDeletion: true }],
  };
}
