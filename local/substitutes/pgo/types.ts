export type Labels = Record<string, string>;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface Metadata {
  name: string;
  namespace: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Labels;
  annotations?: Labels;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  creationTimestamp?: string;
  deletionTimestamp?: string;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: unknown;
  data?: unknown;
}

export interface Secret extends KubeObject {
  type?: string;
  data?: Labels;
}

export interface Service extends KubeObject {
  spec: { clusterIP?: string };
}

export interface Deployment extends KubeObject {
  status?: { replicas?: number; readyReplicas?: number };
}

export interface Endpoints extends KubeObject {
  subsets?: { addresses?: { ip: string }[] }[];
}

export interface Job extends KubeObject {
  status?: {
    startTime?: string;
    completionTime?: string;
    active?: number;
    succeeded?: number;
    failed?: number;
    conditions?: { type: string; status: string }[];
  };
}

export interface StatefulSet extends KubeObject {
  spec?: { replicas?: number };
  status?: { observedGeneration?: number; updateRevision?: string };
}

export interface Pod extends KubeObject {
  status?: {
    podIP?: string;
    conditions?: {
      type: string;
      status: string;
    }[];
  };
}

export interface ExtraMetadata {
  labels?: Labels;
  annotations?: Labels;
}

export interface InstanceSet {
  name: string;
  replicas?: number;
  minAvailable?: number | string;
  dataVolumeClaimSpec: unknown;
  metadata?: ExtraMetadata;
  resources?: unknown;
  affinity?: unknown;
  tolerations?: unknown[];
  topologySpreadConstraints?: unknown[];
  priorityClassName?: string;
}

export interface PostgresUser {
  name: string;
  databases?: string[];
  options?: string;
  password?: { type?: "ASCII" | "AlphaNumeric" };
}

export interface HbaRule {
  hba?: string;
  connection?: string;
  databases?: string[];
  users?: string[];
  method?: string;
  options?: Record<string, string | number>;
}

/** Where pgBackRest keeps backups; only volumes are known here. */
export interface Repository {
  name: string;
  volume?: { volumeClaimSpec: unknown };
  schedules?: Partial<Record<"full" | "differential" | "incremental", string>>;
}

type Parameters = Record<string, string | number | boolean>;

export interface ClusterSpec {
  postgresVersion: number;
  image?: string;
  imagePullPolicy?: string;
  imagePullSecrets?: unknown[];
  port?: number;
  instances: InstanceSet[];
  users?: PostgresUser[];
  metadata?: ExtraMetadata;
  paused?: boolean;
  shutdown?: boolean;
  disableDefaultPodScheduling?: boolean;
  supplementalGroups?: number[];
  service?: { type?: string; metadata?: ExtraMetadata };
  replicaService?: { type?: string; metadata?: ExtraMetadata };
  authentication?: { rules?: HbaRule[] };
  config?: { parameters?: Parameters };
  databaseInitSQL?: { name: string; key: string };
  backups?: {
    pgbackrest?: {
      global?: Record<string, string>;
      configuration?: object[];
      repos?: Repository[];
      restore?: { enabled?: boolean; repoName?: string; options?: string[] };
    };
  };
  monitoring?: { pgmonitor?: { exporter?: { resources?: unknown } } };
  proxy?: {
    pgBouncer?: {
      replicas?: number;
      port?: number;
      resources?: unknown;
      config?: { global?: Record<string, string> };
    };
  };
  patroni?: {
    leaderLeaseDurationSeconds?: number;
    syncPeriodSeconds?: number;
    dynamicConfiguration?: {
      synchronous_mode?: boolean;
      postgresql?: {
        parameters?: Parameters;
        pg_hba?: string[];
      };
    };
  };
}

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime?: string;
}

export interface InstanceStatus {
  name: string;
  replicas?: number;
  readyReplicas?: number;
  updatedReplicas?: number;
}

export interface RestoreStatus {
  id: string;
  startTime?: string;
  completionTime?: string;
  active?: number;
  succeeded?: number;
  failed?: number;
  finished?: boolean;
}

export interface ClusterStatus {
  observedGeneration?: number;
  instances?: InstanceStatus[];
  databaseRevision?: string;
  usersRevision?: string;
  databaseInitSQL?: string;
  startupInstance?: string;
  startupInstanceSet?: string;
  patroni?: { systemIdentifier?: string };
  pgbackrest?: {
    repos?: { name: string; stanzaCreated?: boolean; replicaCreateBackupComplete?: boolean }[];
    restore?: RestoreStatus;
  };
  proxy?: {
    pgBouncer?: { postgresRevision?: string; replicas?: number; readyReplicas?: number };
  };
  monitoring?: { exporterConfiguration?: string };
  conditions?: Condition[];
}

export interface PostgresCluster extends KubeObject {
  spec: ClusterSpec;
  status?: ClusterStatus;
}
