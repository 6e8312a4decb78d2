/** An object as far as the findings read it: no Secret's data, no ConfigMap's. */
export interface KubeObject<Spec = object, Status = object> {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    managedFields?: ManagedFields[];
  };
  spec?: Spec;
  status?: Status;
}

/** What the API server notes of who set which fields. */
interface ManagedFields {
  manager?: string;
  time?: string;
  fieldsV1?: Record<string, object>;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { reason?: string; finishedAt?: string; exitCode?: number };
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount?: number;
  image?: string;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface Container {
  name: string;
  env?: { name: string; value?: string }[];
}

export type Pod = KubeObject<
  {
    containers: Container[];
    initContainers?: Container[];
    serviceAccountName?: string;
    nodeName?: string;
    volumes?: {
      name: string;
      secret?: { secretName: string };
      persistentVolumeClaim?: { claimName: string };
    }[];
  },
  {
    phase?: string;
    podIP?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  }
>;

export type Service = KubeObject<
  {
    type?: string;
    clusterIP?: string;
    externalIPs?: string[];
    selector?: Record<string, string>;
    ports?: { name?: string; port: number; targetPort?: number | string }[];
  },
  { loadBalancer?: { ingress?: object[] } }
>;

export type EndpointSlice = KubeObject & {
  endpoints?: { conditions?: { ready?: boolean } }[];
};

export type Deployment = KubeObject<
  { replicas?: number; template: { spec: { containers: Container[] } } },
  { readyReplicas?: number; conditions?: Condition[] }
>;

export type Job = KubeObject<
  { template?: { metadata?: { labels?: Record<string, string> } } },
  {
    active?: number;
    succeeded?: number;
    failed?: number;
    startTime?: string;
    conditions?: Condition[];
  }
>;

export type CronJob = KubeObject<
  { schedule: string; suspend?: boolean },
  { lastSuccessfulTime?: string }
>;

export type Claim = KubeObject<{ storageClassName?: string }, { phase?: string }>;
export type Node = KubeObject<object, { conditions?: Condition[] }>;

export interface Event {
  involvedObject: { kind: string; name: string; namespace?: string };
  type?: string;
  reason?: string;
  message?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface PolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string };
}

export interface PolicyRule {
  from?: PolicyPeer[];
  to?: PolicyPeer[];
  ports?: { port?: number | string; endPort?: number; protocol?: string }[];
}

export type NetworkPolicy = KubeObject<{
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
}>;

/** What Cilium allows or denies in one direction; members that are not here nobody can judge from outside. */
export interface CiliumSection {
  fromEndpoints?: LabelSelector[];
  toEndpoints?: LabelSelector[];
  fromEntities?: string[];
  toEntities?: string[];
  toPorts?: { ports?: { port?: string; endPort?: number; protocol?: string }[] }[];
}

export interface CiliumRules {
  /** Absent: the rules are for nodes. */
  endpointSelector?: LabelSelector;
  enableDefaultDeny?: { ingress?: boolean; egress?: boolean };
  ingress?: CiliumSection[];
  ingressDeny?: CiliumSection[];
  egress?: CiliumSection[];
  egressDeny?: CiliumSection[];
}

/** One without a namespace is for the whole cluster. */
export type CiliumPolicy = KubeObject<CiliumRules, { conditions?: Condition[] }> & {
  specs?: CiliumRules[];
};

export type SecretStore = KubeObject<
  { provider?: { vault?: { server?: string; caBundle?: string } } },
  { conditions?: Condition[] }
>;

export type ExternalSecret = KubeObject<
  {
    refreshInterval?: string;
    target?: { name?: string };
    secretStoreRef?: { name?: string; kind?: string };
  },
  { refreshTime?: string; conditions?: Condition[] }
>;

export type PostgresCluster = KubeObject<
  {
    postgresVersion?: number;
    instances?: { replicas?: number }[];
    users?: { name: string }[];
    backups?: object;
  },
  { databaseRevision?: string; usersRevision?: string }
>;

export type RedisFailover = KubeObject<{
  redis?: { replicas?: number };
  sentinel?: { replicas?: number };
}>;

export type Gateway = KubeObject<{
  selector?: Record<string, string>;
  servers?: {
    port?: { number?: number };
    bind?: string;
    hosts?: string[];
    tls?: { mode?: string; credentialName?: string; httpsRedirect?: boolean };
  }[];
}>;

export type VirtualService = KubeObject<{
  hosts?: string[];
  gateways?: string[];
  http?: {
    route?: { destination?: { host?: string; port?: { number?: number }; subset?: string } }[];
  }[];
}>;

export type DestinationRule = KubeObject<{
  host?: string;
  subsets?: { name: string }[];
  trafficPolicy?: {
    tls?: { mode?: string };
    portLevelSettings?: { port?: { number?: number }; tls?: { mode?: string } }[];
  };
}>;

export type PeerAuthentication = KubeObject<{
  selector?: LabelSelector;
  mtls?: { mode?: string };
  portLevelMtls?: Record<string, { mode?: string }>;
}>;

export interface AuthorizationRule {
  from?: { source?: Partial<Record<string, string[]>> }[];
  to?: { operation?: Partial<Record<string, string[]>> }[];
  when?: unknown[];
}

export type AuthorizationPolicy = KubeObject<{
  selector?: LabelSelector;
  targetRef?: object;
  targetRefs?: object[];
  action?: string;
  /** The external authorizer that is asked where the action is CUSTOM. */
  provider?: { name?: string };
  rules?: AuthorizationRule[];
}>;
