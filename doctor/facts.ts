import type { WorkloadName } from "../platform/workloads.ts";
import type { Settings } from "../settings/index.ts";
import type * as objects from "./objects.ts";

export type * from "./objects.ts";

/** What was seen, or why it could not be. */
export type Seen<T> = { known: true; value: T } | { known: false; why: string };

/** Why a run leaves facts out on purpose; what needs them does not count as unseen. */
export const leftOut = {
  settings: "no stack file was given",
  commands: "nothing is run inside of containers (--no-exec)",
  visits: "the gateway answers only the proxies in front of it",
};

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
  /** Whether the key beside it is the certificate's; absent where a certificate is alone. */
  keyFits?: boolean;
  /** Why it could not be read: whether it is there, nobody knows then. */
  unseen?: string;
}

/** What a pod's log says, by sentences that are looked for; the log itself is not kept. */
export type SymptomName = "database-refused" | "waits-for-migration" | "target-not-reached";

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
  /** By how many seconds its clock is ahead of this machine's; absent: it does not tell its time. */
  ahead?: number;
  /** Why it did not answer, or answered with an error. */
  failure?: { kind: "unreachable" | "certificate" | "login"; message: string };
}

/** Everything that the findings know. */
export interface Facts {
  server: Server;
  /** When the doctor looked, in ms since 1970. */
  now: number;
  nodes: objects.Node[];
  namespaces: objects.KubeObject[];
  /** Names of all custom resource definitions: plural and group. */
  definitions: string[];
  /** Those of them that the API server does not serve in the version that the program uses. */
  unserved: string[];
  pods: objects.Pod[];
  services: objects.Service[];
  endpointSlices: objects.EndpointSlice[];
  deployments: objects.Deployment[];
  statefulSets: objects.Deployment[];
  jobs: objects.Job[];
  cronJobs: objects.CronJob[];
  claims: objects.Claim[];
  events: objects.Event[];
  networkPolicies: objects.NetworkPolicy[];
  /** Cilium's own, of the stack's namespaces and of the whole cluster; none where it has no such kinds. */
  ciliumPolicies: objects.CiliumPolicy[];
  secretStores: objects.SecretStore[];
  externalSecrets: objects.ExternalSecret[];
  postgresClusters: objects.PostgresCluster[];
  redisFailovers: objects.RedisFailover[];
  gateways: objects.Gateway[];
  /** Those of other namespaces; none where no Gateway of the stack has TLS. */
  otherGateways: objects.Gateway[];
  virtualServices: objects.VirtualService[];
  destinationRules: objects.DestinationRule[];
  peerAuthentications: objects.PeerAuthentication[];
  authorizationPolicies: objects.AuthorizationPolicy[];
  /** Names of the external authorizers that the mesh's configuration has; none where no policy asks for one. */
  authorizers: string[];
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
  /** Namespaces of parts that by the stack file are not the platform's; without one all are. */
  others: string[];
  /** Pods of servers that others run in the stack's place. */
  outside: WorkloadName[];
}

export type FactName = keyof Facts;

/** One look at a cluster. It holds no secret. */
export type Snapshot = { [Name in FactName]: Seen<Facts[Name]> };
