import type { Settings } from "../settings/index.ts";

/** What was seen, or why it could not be. */
export type Seen<T> = { known: true; value: T } | { known: false; why: string };

/** An object as far as the findings read it: no Secret's data, no ConfigMap's. */
export interface KubeObject<Spec = object, Status = object> {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
  };
  spec?: Spec;
  status?: Status;
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
    volumes?: { name: string; secret?: { secretName: string } }[];
  },
  {
    phase?: string;
    podIP?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  }
>;

export type Service = KubeObject<{
  clusterIP?: string;
  selector?: Record<string, string>;
  ports?: { name?: string; port: number; targetPort?: number | string }[];
}>;

export type EndpointSlice = KubeObject & {
  endpoints?: { conditions?: { ready?: boolean } }[];
};

export type Deployment = KubeObject<
  { replicas?: number; template: { spec: { containers: Container[] } } },
  { readyReplicas?: number }
>;

export type Job = KubeObject<
  { template?: { metadata?: { labels?: Record<string, string> } } },
  { active?: number; succeeded?: number; failed?: number; startTime?: string }
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

export type SecretStore = KubeObject<
  { provider?: { vault?: { server?: string; caBundle?: string } } },
  { conditions?: Condition[] }
>;

export type ExternalSecret = KubeObject<
  { refreshInterval?: string; target?: { name?: string }; secretStoreRef?: { name?: string } },
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
    hosts?: string[];
    tls?: { credentialName?: string; httpsRedirect?: boolean };
  }[];
}>;

export type VirtualService = KubeObject<{
  hosts?: string[];
  gateways?: string[];
  http?: { route?: { destination?: { host?: string; port?: { number?: number } } }[] }[];
}>;

export type DestinationRule = KubeObject<{
  host?: string;
  trafficPolicy?: { tls?: { mode?: string } };
}>;

export type PeerAuthentication = KubeObject<{
  selector?: LabelSelector;
  mtls?: { mode?: string };
}>;

export interface AuthorizationRule {
  from?: { source?: { principals?: string[]; notPrincipals?: string[] } }[];
  to?: {
    operation?: { methods?: string[]; paths?: string[]; notPaths?: string[]; hosts?: string[] };
  }[];
  when?: unknown[];
}

export type AuthorizationPolicy = KubeObject<{
  selector?: LabelSelector;
  action?: string;
  rules?: AuthorizationRule[];
}>;

/** What a Vault server says of itself without a login. */
export interface VaultServer {
  pod: string;
  /** The scheme in which it answered. */
  scheme?: "http" | "https";
  initialised?: boolean;
  sealed?: boolean;
  /** Whether it serves requests itself. */
  active?: boolean;
  /** Why it did not answer. */
  failure?: string;
}

/** What is said about a Secret that was read; its values stay where they were read. */
export interface UserSecret {
  name: string;
  labels: Record<string, string>;
  /** Whether the verifier is the password's; absent where one of them is. */
  verifierFits?: boolean;
  /** Whether PostgreSQL has this verifier; absent where it was not asked. */
  serverAgrees?: boolean;
  /** Whether Shlink's own Secret has the same password; absent where it was not seen. */
  shlinkAgrees?: boolean;
}

/** The certificate in a Secret, without its key. */
export interface Certificate {
  namespace: string;
  secret: string;
  /** False: there is no such Secret, or none with a certificate in it. */
  there: boolean;
  /** The certificates in PEM, the server's own first. */
  pem?: string;
}

/** What a pod's log says, by sentences that are looked for; the log itself is not kept. */
export const symptomNames = [
  "database-refused",
  "redis-refused",
  "waits-for-migration",
  "target-not-reached",
] as const;
export type SymptomName = (typeof symptomNames)[number];

export interface Symptom {
  namespace: string;
  pod: string;
  symptom: SymptomName;
}

/** What PostgreSQL and a sentinel answered, asked inside their pods. */
export interface DatabaseAnswer {
  /** Whether Shlink's user may make tables. */
  mayCreate: boolean;
}

export interface SentinelAnswer {
  /** Address of the master; absent: it knows none. */
  master?: string;
}

/** How full a volume is, from inside of the pod that has it. */
export interface Disk {
  namespace: string;
  pod: string;
  folder: string;
  usedPercent: number;
}

/** What the gateway answered to a visitor's request. */
export interface Visit {
  host: string;
  path: string;
  /** Absent: no answer came. */
  status?: number;
  failure?: string;
}

/** How the API server answered the first question. */
export interface Server {
  address: string;
  version?: string;
  seconds: number;
  /** Why it did not answer, or answered with an error. */
  failure?: { kind: "unreachable" | "certificate" | "login"; message: string };
}

/** Everything that the findings know. */
export interface Facts {
  server: Server;
  /** When the doctor looked, in ms since 1970. */
  now: number;
  nodes: Node[];
  namespaces: KubeObject[];
  /** Names of all custom resource definitions: plural and group. */
  definitions: string[];
  pods: Pod[];
  services: Service[];
  endpointSlices: EndpointSlice[];
  deployments: Deployment[];
  statefulSets: Deployment[];
  jobs: Job[];
  cronJobs: CronJob[];
  claims: Claim[];
  events: Event[];
  networkPolicies: NetworkPolicy[];
  secretStores: SecretStore[];
  externalSecrets: ExternalSecret[];
  postgresClusters: PostgresCluster[];
  redisFailovers: RedisFailover[];
  gateways: Gateway[];
  virtualServices: VirtualService[];
  destinationRules: DestinationRule[];
  peerAuthentications: PeerAuthentication[];
  authorizationPolicies: AuthorizationPolicy[];
  vaultServers: VaultServer[];
  userSecrets: UserSecret[];
  certificates: Certificate[];
  symptoms: Symptom[];
  database: DatabaseAnswer;
  sentinel: SentinelAnswer;
  disks: Disk[];
  visits: Visit[];
  /** The stack file's settings; not seen without one. */
  settings: Settings;
}

export type FactName = keyof Facts;

/** One look at a cluster. It holds no secret. */
export type Snapshot = { [Name in FactName]: Seen<Facts[Name]> };
