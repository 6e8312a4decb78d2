import { clusterNames, controlled, databaseContainer, label } from "./names.ts";
import * as exporter from "./exporter.ts";
import * as patroni from "./patroni.ts";
import * as pgbackrest from "./pgbackrest.ts";
import { files, mount, podSecurity, projected, restricted, scratch, spread } from "./pods.ts";
import { certificateFolder, socketFolder } from "./settings.ts";
import type { InstanceSet, KubeObject, Metadata, PostgresCluster } from "./types.ts";

export function postgresImage(cluster: PostgresCluster, env: NodeJS.ProcessEnv): string {
  return cluster.spec.image ?? env[`RELATED_IMAGE_POSTGRES_${cluster.spec.postgresVersion}`] ?? "";
}

/** PGO refuses to work before both images are known, backups asked for or not. */
export function missingImages(cluster: PostgresCluster, env: NodeJS.ProcessEnv): string[] {
  return [
    ...((env.RELATED_IMAGE_PGBACKREST ?? "") === "" ? ["crunchy-pgbackrest"] : []),
    ...(postgresImage(cluster, env) === "" ? ["crunchy-postgres"] : []),
  ];
}

const configMap = (cluster: PostgresCluster, name: string, settings: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: controlled(cluster, name),
  // JSON is YAML too.
  data: { "patroni.yaml": JSON.stringify(settings, null, 2) },
});

/** Patroni's settings: those of all servers, and those of each. */
export function patroniConfigs(cluster: PostgresCluster, instances: string[]): KubeObject[] {
  const names = clusterNames(cluster.metadata.name);
  return [
    configMap(cluster, names.config, patroni.clusterSettings(cluster)),
    ...instances.map((name) =>
      configMap(cluster, names.instanceConfig(name), patroni.instanceSettings(cluster)),
    ),
  ];
}

const instanceLabels = (set: InstanceSet, instance: string) => ({
  [label.instanceSet]: set.name,
  [label.instance]: instance,
});

export function dataVolumeClaim(
  cluster: PostgresCluster,
  set: InstanceSet,
  instance: string,
  existing?: string,
): KubeObject {
  const labels = {
    ...instanceLabels(set, instance),
    [label.role]: "pgdata",
    [label.data]: "postgres",
  };
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: controlled(cluster, existing ?? `${instance}-pgdata`, labels, [set.metadata]),
    spec: set.dataVolumeClaimSpec,
  };
}

/** The budget of a set of instances; there is none when nothing may be guaranteed, as for a single instance. */
export function disruptionBudget(cluster: PostgresCluster, set: InstanceSet): KubeObject | null {
  const minAvailable = set.minAvailable ?? ((set.replicas ?? 1) > 1 ? 1 : 0);
  if (Number.parseInt(String(minAvailable), 10) === 0) return null;
  const name = clusterNames(cluster.metadata.name).instanceSet(set.name);
  const own = { [label.instanceSet]: set.name };
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: controlled(cluster, name, own, [set.metadata]),
    spec: {
      minAvailable,
      selector: { matchLabels: { [label.cluster]: cluster.metadata.name, ...own } },
    },
  };
}

function databaseEnvironment(cluster: PostgresCluster) {
  return [
    { name: "PGDATA", value: patroni.dataFolder(cluster.spec) },
    { name: "PGHOST", value: socketFolder },
    { name: "PGPORT", value: String(cluster.spec.port ?? 5432) },
    ...patroni.environment(cluster),
  ];
}

function container(cluster: PostgresCluster, set: InstanceSet, env: NodeJS.ProcessEnv) {
  const { livenessProbe, readinessProbe } = patroni.probes(cluster.spec);
  const start = `mkdir -p ${socketFolder} && exec patroni ${patroni.configFolder}`;
  return {
    name: databaseContainer,
    image: postgresImage(cluster, env),
    ...(cluster.spec.imagePullPolicy ? { imagePullPolicy: cluster.spec.imagePullPolicy } : {}),
    command: ["sh", "-c", start],
    env: databaseEnvironment(cluster),
    ports: [
      { name: "postgres", containerPort: cluster.spec.port ?? 5432, protocol: "TCP" },
      { name: "patroni", containerPort: 8008, protocol: "TCP" },
    ],
    ...(set.resources === undefined ? {} : { resources: set.resources }),
    securityContext: restricted,
    livenessProbe,
    readinessProbe,
    volumeMounts: [
      mount("cert-volume", certificateFolder),
      mount("postgres-data", "/pgdata", false),
      mount("patroni-config", patroni.configFolder),
      mount("tmp", "/tmp", false),
      mount("dshm", "/dev/shm", false),
      ...(pgbackrest.isUsed(cluster) ? [pgbackrest.configMount] : []),
    ],
  };
}

function volumes(cluster: PostgresCluster, instance: string, claim: string) {
  const names = clusterNames(cluster.metadata.name);
  const pair = (folder: string) =>
    Object.fromEntries(["tls.crt", "tls.key", "ca.crt"].map((key) => [`${folder}${key}`, key]));
  const certificates = names.instanceCertificates(instance);
  return [
    projected("cert-volume", [
      files("secret", names.certificate, pair("")),
      files("secret", names.replicationCertificate, pair("replication/")),
    ]),
    { name: "postgres-data", persistentVolumeClaim: { claimName: claim } },
    projected("patroni-config", [
      files("configMap", names.config, { "cluster.yaml": "patroni.yaml" }),
      files("configMap", names.instanceConfig(instance), { "instance.yaml": "patroni.yaml" }),
      files("secret", certificates, { "patroni.ca": "ca.crt", "patroni.pem": "tls.pem" }),
    ]),
    scratch("tmp"),
    scratch("dshm", { medium: "Memory" }),
    ...(pgbackrest.isUsed(cluster)
      ? [pgbackrest.configVolume(cluster, "instance"), pgbackrest.serverVolume(certificates)]
      : []),
    ...exporter.volumes(cluster),
  ];
}

function podSpec(
  cluster: PostgresCluster,
  { set, name, claim }: InstancePlan,
  env: NodeJS.ProcessEnv,
) {
  const groups = (cluster.spec.supplementalGroups ?? []).filter((group) => group > 0);
  const data = mount("postgres-data", "/pgdata", false);
  return {
    serviceAccountName: clusterNames(cluster.metadata.name).instanceAccount,
    enableServiceLinks: false,
    shareProcessNamespace: true,
    restartPolicy: "Always",
    securityContext: {
      ...podSecurity,
      ...(groups.length > 0 ? { supplementalGroups: groups } : {}),
    },
    ...(cluster.spec.imagePullSecrets ? { imagePullSecrets: cluster.spec.imagePullSecrets } : {}),
    ...(set.affinity === undefined ? {} : { affinity: set.affinity }),
    ...(set.tolerations === undefined ? {} : { tolerations: set.tolerations }),
    ...(set.priorityClassName ? { priorityClassName: set.priorityClassName } : {}),
    topologySpreadConstraints: spread(cluster, set.topologySpreadConstraints),
    containers: [
      container(cluster, set, env),
      ...(pgbackrest.isUsed(cluster) ? [pgbackrest.server(env, [data])] : []),
      ...exporter.containers(cluster, env),
    ],
    volumes: volumes(cluster, name, claim),
  };
}

export interface InstancePlan {
  set: InstanceSet;
  name: string;
  claim: string;
  running: boolean;
}

/** One StatefulSet per instance; its pod is replaced by the controller, never by a rollout. */
export function instanceStatefulSet(
  cluster: PostgresCluster,
  plan: InstancePlan,
  env: NodeJS.ProcessEnv,
): KubeObject {
  const { set, name, running } = plan;
  const own = instanceLabels(set, name);
  const metadata = controlled(cluster, name, { ...own, [label.data]: "postgres" }, [set.metadata]);
  const spec = {
    replicas: running ? 1 : 0,
    revisionHistoryLimit: 0,
    serviceName: clusterNames(cluster.metadata.name).pods,
    updateStrategy: { type: "OnDelete" },
    selector: { matchLabels: { [label.cluster]: cluster.metadata.name, ...own } },
    template: { metadata: podMetadata(cluster, metadata), spec: podSpec(cluster, plan, env) },
  };
  return { apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec };
}

const podMetadata = (cluster: PostgresCluster, { labels, annotations }: Metadata) => ({
  labels: {
    ...labels,
    [label.patroni]: clusterNames(cluster.metadata.name).leader,
    ...exporter.labels(cluster),
  },
  annotations: { ...annotations, "kubectl.kubernetes.io/default-container": databaseContainer },
});
