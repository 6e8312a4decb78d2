import { clusterNames, controlled, databaseContainer, label } from "./names.ts";
import { certificateFolder, hbaLines, parameterLines, socketFolder } from "./settings.ts";
import { configFolder, startupScript } from "./startup.ts";
import type { InstanceSet, KubeObject, PostgresCluster } from "./types.ts";

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

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

export function clusterConfig(cluster: PostgresCluster): KubeObject & { data: object } {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: controlled(cluster, clusterNames(cluster.metadata.name).config),
    data: {
      "postgresql.conf": `${parameterLines(cluster.spec).join("\n")}\n`,
      "pg_hba.conf": `${hbaLines(cluster.spec).join("\n")}\n`,
    },
  };
}

export function instanceAccount(cluster: PostgresCluster): KubeObject & object {
  const { instanceAccount: name } = clusterNames(cluster.metadata.name);
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: controlled(cluster, name),
    ...{ automountServiceAccountToken: false },
  };
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
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: controlled(cluster, existing ?? `${instance}-pgdata`, labels, [set.metadata]),
    spec: set.dataVolumeClaimSpec,
  };
  return claim;
}

/** The budget of a set of instances; there is none when nothing may be guaranteed, as for a single instance. */
export function disruptionBudget(cluster: PostgresCluster, set: InstanceSet): KubeObject | null {
  const minAvailable = set.minAvailable ?? ((set.replicas ?? 1) > 1 ? 1 : 0);
  if (Number.parseInt(String(minAvailable), 10) === 0) return null;
  const name = clusterNames(cluster.metadata.name).instanceSet(set.name);
  const budget = {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: controlled(cluster, name, { [label.instanceSet]: set.name }, [set.metadata]),
    spec: {
      minAvailable,
      selector: {
        matchLabels: {
          [label.cluster]: cluster.metadata.name,
          [label.instanceSet]: set.name,
        },
      },
    },
  };
  return budget;
}

function databaseEnvironment(cluster: PostgresCluster) {
  return [
    { name: "PGDATA", value: `/pgdata/pg${cluster.spec.postgresVersion}` },
    { name: "PGHOST", value: socketFolder },
    { name: "PGPORT", value: String(cluster.spec.port ?? 5432) },
  ];
}

const ready = (extra: object) => ({
  exec: { command: ["pg_isready", "-q", "-d", "postgres", "-U", "postgres"] },
  timeoutSeconds: 5,
  ...extra,
});

function container(cluster: PostgresCluster, set: InstanceSet, env: NodeJS.ProcessEnv) {
  const names = clusterNames(cluster.metadata.name);
  const leaderHost = `${names.primary}.${cluster.metadata.namespace}.svc`;
  return {
    name: databaseContainer,
    image: postgresImage(cluster, env),
    ...(cluster.spec.imagePullPolicy ? { imagePullPolicy: cluster.spec.imagePullPolicy } : {}),
    command: ["sh", "-eu", "-c", startupScript(leaderHost)],
    env: databaseEnvironment(cluster),
    ports: [{ name: "postgres", containerPort: cluster.spec.port ?? 5432, protocol: "TCP" }],
    ...(set.resources === undefined ? {} : { resources: set.resources }),
    securityContext: restricted,
    // Seen at once when it starts, then asked as seldom as Patroni is: a probe costs a process.
    startupProbe: ready({ periodSeconds: 1, failureThreshold: 86_400 }),
    readinessProbe: ready({ periodSeconds: 10, failureThreshold: 3 }),
    volumeMounts: [
      { name: "cert-volume", mountPath: certificateFolder, readOnly: true },
      { name: "postgres-data", mountPath: "/pgdata" },
      { name: "patroni-config", mountPath: configFolder, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
      { name: "dshm", mountPath: "/dev/shm" },
    ],
  };
}

function volumes(cluster: PostgresCluster, claim: string) {
  const names = clusterNames(cluster.metadata.name);
  const files = ["tls.crt", "tls.key", "ca.crt"];
  const secret = (name: string, folder: string) => ({
    secret: { name, items: files.map((key) => ({ key, path: `${folder}${key}` })) },
  });
  const sources = [
    secret(names.certificate, ""),
    secret(names.replicationCertificate, "replication/"),
  ];
  return [
    { name: "cert-volume", projected: { defaultMode: 0o600, sources } },
    { name: "postgres-data", persistentVolumeClaim: { claimName: claim } },
    {
      name: "patroni-config",
      projected: { sources: [{ configMap: { name: names.config } }] },
    },
    { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
    { name: "dshm", emptyDir: { medium: "Memory" } },
  ];
}

function spread(cluster: PostgresCluster, set: InstanceSet): unknown[] {
  const labelSelector = {
    matchLabels: { [label.cluster]: cluster.metadata.name },
    matchExpressions: [{ key: label.data, operator: "In", values: ["postgres", "pgbackrest"] }],
  };
  const automatic = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((key) => ({
    topologyKey: key,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector,
    maxSkew: 1,
  }));
  const given = set.topologySpreadConstraints ?? [];
  return cluster.spec.disableDefaultPodScheduling === true ? given : [...given, ...automatic];
}

function podSpec(
  cluster: PostgresCluster,
  set: InstanceSet,
  claim: string,
  env: NodeJS.ProcessEnv,
) {
  const groups = (cluster.spec.supplementalGroups ?? []).filter((group) => group > 0);
  return {
    serviceAccountName: clusterNames(cluster.metadata.name).instanceAccount,
    enableServiceLinks: false,
    shareProcessNamespace: true,
    restartPolicy: "Always",
    securityContext: {
      fsGroup: 26,
      fsGroupChangePolicy: "OnRootMismatch",
      ...(groups.length > 0 ? { supplementalGroups: groups } : {}),
    },
    ...(cluster.spec.imagePullSecrets ? { imagePullSecrets: cluster.spec.imagePullSecrets } : {}),
    ...(set.affinity === undefined ? {} : { affinity: set.affinity }),
    ...(set.tolerations === undefined ? {} : { tolerations: set.tolerations }),
    ...(set.priorityClassName ? { priorityClassName: set.priorityClassName } : {}),
    topologySpreadConstraints: spread(cluster, set),
    containers: [container(cluster, set, env)],
    volumes: volumes(cluster, claim),
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
  { set, name, claim, running }: InstancePlan,
  env: NodeJS.ProcessEnv,
): KubeObject {
  const names = clusterNames(cluster.metadata.name);
  const labels = { ...instanceLabels(set, name), [label.data]: "postgres" };
  const metadata = controlled(cluster, name, labels, [set.metadata]);
  const statefulSet = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata,
    spec: {
      replicas: running ? 1 : 0,
      revisionHistoryLimit: 0,
      serviceName: names.pods,
      updateStrategy: { type: "OnDelete" },
      selector: {
        matchLabels: { [label.cluster]: cluster.metadata.name, ...instanceLabels(set, name) },
      },
      template: {
        metadata: {
          labels: { ...metadata.labels, [label.patroni]: names.leader },
          annotations: {
            ...metadata.annotations,
            "kubectl.kubernetes.io/default-container": databaseContainer,
          },
        },
        spec: podSpec(cluster, set, claim, env),
      },
    },
  };
  return statefulSet;
}
