export type Labels = Record<string, string>;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Labels;
}

export interface Service extends KubeObject {
  readonly spec: { readonly clusterIP?: string };
}

export interface Endpoints extends KubeObject {
  readonly subsets?: readonly { readonly addresses?: readonly { readonly ip: string }[] }[];
}

export interface StatefulSet extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly observedGeneration?: number; readonly updateRevision?: string };
}

export interface Pod extends KubeObject {
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly running?: unknown };
    }[];
  };
}

export interface ExtraMetadata {
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export interface InstanceSet {
  readonly name: string;
  readonly replicas?: number;
  readonly minAvailable?: number | string;
  readonly dataVolumeClaimSpec: unknown;
  readonly metadata?: ExtraMetadata;
  readonly resources?: unknown;
  readonly affinity?: unknown;
  readonly tolerations?: readonly unknown[];
  readonly topologySpreadConstraints?: readonly unknown[];
  readonly priorityClassName?: string;
}

export interface PostgresUser {
  readonly name: string;
  readonly databases?: readonly string[];
  readonly options?: string;
  readonly password?: { readonly type?: "ASCII" | "AlphaNumeric" };
}

export interface HbaRule {
  readonly hba?: string;
  readonly connection?: string;
  readonly databases?: readonly string[];
  readonly users?: readonly string[];
  readonly method?: string;
  readonly options?: Record<string, string | number>;
}

type Parameters = Record<string, string | number | boolean>;

export interface ClusterSpec {
  readonly postgresVersion: number;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly imagePullSecrets?: readonly unknown[];
  readonly port?: number;
  readonly instances: readonly InstanceSet[];
  readonly users?: readonly PostgresUser[];
  readonly metadata?: ExtraMetadata;
  readonly paused?: boolean;
  readonly shutdown?: boolean;
  readonly disableDefaultPodScheduling?: boolean;
  readonly supplementalGroups?: readonly number[];
  readonly service?: { readonly type?: string; readonly metadata?: ExtraMetadata };
  readonly replicaService?: { readonly type?: string; readonly metadata?: ExtraMetadata };
  readonly authentication?: { readonly rules?: readonly HbaRule[] };
  readonly config?: { readonly parameters?: Parameters };
  readonly databaseInitSQL?: { readonly name: string; readonly key: string };
  readonly patroni?: {
    readonly leaderLeaseDurationSeconds?: number;
    readonly dynamicConfiguration?: {
      readonly postgresql?: {
        readonly parameters?: Parameters;
        readonly pg_hba?: readonly string[];
      };
    };
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
}

export interface InstanceStatus {
  readonly name: string;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
}

export interface ClusterStatus {
  observedGeneration?: number;
  instances?: readonly InstanceStatus[];
  databaseRevision?: string;
  usersRevision?: string;
  databaseInitSQL?: string;
  startupInstance?: string;
  startupInstanceSet?: string;
  patroni?: { systemIdentifier?: string };
  conditions?: readonly Condition[];
}

export interface PostgresCluster extends KubeObject {
  readonly spec: ClusterSpec;
  readonly status?: ClusterStatus;
}
