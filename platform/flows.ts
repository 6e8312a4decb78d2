import { failoverName } from "../components/redis/names.ts";
import type { NamespaceName } from "../components/namespaces/index.ts";

/** Pods of one kind: the namespace they run in and the labels that tell them apart there. */
export interface Workload {
  namespace: NamespaceName;
  labels: Record<string, string>;
}

const pgo = (key: string) => `postgres-operator.crunchydata.com/${key}`;
const named = (name: string) => ({ "app.kubernetes.io/name": name });
/** The labels that the operator gives to the pods of a component. */
const redisPart = (component: string) => ({
  "app.kubernetes.io/part-of": "redis-failover",
  ...named(failoverName),
  "app.kubernetes.io/component": component,
});
/** Those of the chart, whose release has its name. */
const vaultServer = {
  ...named("vault"),
  "app.kubernetes.io/instance": "vault",
  component: "server",
};

export const workloads = {
  istiod: { namespace: "istio-system", labels: { app: "istiod" } },
  "istio-cni": { namespace: "istio-cni", labels: { "k8s-app": "istio-cni-node" } },
  gateway: { namespace: "istio-ingress", labels: { istio: "ingressgateway" } },
  vault: { namespace: "vault", labels: vaultServer },
  "vault-bootstrap": { namespace: "vault", labels: { app: "vault-bootstrap" } },
  "vault-unsealer": { namespace: "vault", labels: { app: "vault-unsealer" } },
  "vault-snapshot": { namespace: "vault", labels: { app: "vault-snapshot" } },
  "external-secrets": { namespace: "external-secrets", labels: named("external-secrets") },
  "external-secrets-webhook": {
    namespace: "external-secrets",
    labels: named("external-secrets-webhook"),
  },
  "external-secrets-cert-controller": {
    namespace: "external-secrets",
    labels: named("external-secrets-cert-controller"),
  },
  pgo: { namespace: "postgres-operator", labels: { [pgo("control-plane")]: "pgo" } },
  // The role label moves at a failover; this one does not.
  postgres: { namespace: "postgres", labels: { [pgo("data")]: "postgres" } },
  pgbouncer: { namespace: "postgres", labels: { [pgo("role")]: "pgbouncer" } },
  // The repository host, the backup Jobs and the restore Jobs.
  pgbackrest: { namespace: "postgres", labels: { [pgo("pgbackrest")]: "" } },
  "redis-operator": { namespace: "redis-operator", labels: named("redis-operator") },
  redis: { namespace: "redis", labels: redisPart("redis") },
  sentinel: { namespace: "redis", labels: redisPart("sentinel") },
  "redis-ready": { namespace: "redis", labels: { app: "redis-ready" } },
  shlink: { namespace: "shlink", labels: { app: "shlink" } },
  "shlink-migration": { namespace: "shlink", labels: { app: "shlink-migration" } },
  janitor: { namespace: "platform", labels: { app: "janitor" } },
} satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;
/** Outside of the pods: the API server, every address, and public addresses only. */
export type Outside = "api-server" | "anywhere" | "internet";
/** All pods of a namespace that is not ours. */
export interface Neighbours {
  namespace: string;
}
export type Peer = WorkloadName | Outside | Neighbours;

/** Connections that pods need, besides DNS. */
export interface Flow {
  from: Peer[];
  to: Peer[];
  /** TCP ports of the pods, not of their Services. */
  ports: number[];
  why: string;
}

/** Workloads that call the Kubernetes API. */
const apiClients: WorkloadName[] = [
  "istiod",
  "vault",
  "vault-bootstrap",
  "vault-unsealer",
  "external-secrets",
  "external-secrets-webhook",
  "external-secrets-cert-controller",
  "pgo",
  "postgres",
  "pgbackrest",
  "redis-operator",
  "janitor",
];

/** The connections that every stack needs. */
const flows: Flow[] = [
  { from: ["shlink", "gateway"], to: ["istiod"], ports: [15012], why: "configuration, identity" },
  { from: ["api-server"], to: ["istiod"], ports: [15017], why: "webhooks" },
  { from: ["api-server"], to: ["external-secrets-webhook"], ports: [10250], why: "webhooks" },
  { from: ["anywhere"], to: ["gateway"], ports: [80, 443, 15021], why: "visitors, health checks" },
  { from: ["gateway"], to: ["shlink"], ports: [8080], why: "redirects, REST API" },
  { from: ["shlink", "shlink-migration"], to: ["sentinel"], ports: [26379], why: "who is master" },
  { from: ["shlink", "shlink-migration"], to: ["redis"], ports: [6379], why: "locks, cache" },
  { from: ["postgres"], to: ["postgres"], ports: [5432, 8008], why: "replication, Patroni" },
  { from: ["postgres"], to: ["pgbackrest"], ports: [8432], why: "archive" },
  { from: ["pgbackrest"], to: ["postgres", "pgbackrest"], ports: [8432], why: "backup, restore" },
  { from: ["redis-operator"], to: ["redis"], ports: [6379], why: "watches and configures" },
  { from: ["redis-operator"], to: ["sentinel"], ports: [26379], why: "watches and configures" },
  { from: ["redis", "sentinel"], to: ["redis"], ports: [6379], why: "replication, monitoring" },
  { from: ["redis", "sentinel"], to: ["sentinel"], ports: [26379], why: "quorum, hand-over" },
  { from: ["redis-ready"], to: ["redis"], ports: [6379], why: "asks for its replicas" },
  { from: ["redis-ready"], to: ["sentinel"], ports: [26379], why: "asks for the master" },
  { from: ["external-secrets"], to: ["vault"], ports: [8200], why: "login, reads" },
  { from: ["vault-bootstrap", "vault-unsealer"], to: ["vault"], ports: [8200], why: "opens it" },
  { from: ["vault"], to: ["vault"], ports: [8200, 8201], why: "joins the raft" },
  { from: apiClients, to: ["api-server"], ports: [443, 6443], why: "Kubernetes API" },
];

/** Only for a mesh with a node agent, which looks up the pods that it redirects. */
const agentFlow: Flow = {
  from: ["istio-cni"],
  to: ["api-server"],
  ports: [443, 6443],
  why: "Kubernetes API",
};

/** Only for servers that get their key from a service, which may be of the cloud or in the house. */
const sealFlow = (ports: number[]): Flow => ({
  from: ["vault"],
  to: ["anywhere"],
  ports,
  why: "unseals itself",
});

const snapshotFlow: Flow = {
  from: ["vault-snapshot"],
  to: ["vault"],
  ports: [8200],
  why: "snapshots",
};

const directFlow: Flow = {
  from: ["shlink", "shlink-migration"],
  to: ["postgres"],
  ports: [5432],
  why: "database",
};

const poolFlows: Flow[] = [
  { from: ["shlink", "shlink-migration"], to: ["pgbouncer"], ports: [5432], why: "database" },
  { from: ["pgbouncer"], to: ["postgres"], ports: [5432], why: "database" },
];

/** The servers push their log themselves; backups and restores are Jobs. */
const storeFlow: Flow = {
  from: ["postgres", "pgbackrest"],
  to: ["internet"],
  ports: [443],
  why: "backups in a cloud's store",
};

const titleFlow: Flow = {
  from: ["shlink"],
  to: ["internet"],
  ports: [443],
  why: "titles of the pages behind links",
};

/** Only for a mesh that sends traces to a collector in this namespace. */
const traceFlow = (namespace: string, port: number): Flow => ({
  from: ["gateway", "shlink"],
  to: [{ namespace }],
  ports: [port],
  why: "traces",
});

/** Only for a cluster whose Prometheus, in this namespace, watches the platform. */
export function scrapeFlows(namespace: string): Flow[] {
  const scraped: [WorkloadName, number[], string][] = [
    ["vault", [8200], "metrics, certificate"],
    ["external-secrets", [8080], "metrics"],
    ["istiod", [15014], "metrics"],
    ["gateway", [443, 15020], "certificate, metrics"],
    ["shlink", [15020], "metrics"],
    ["postgres", [9187], "metrics"],
    ["redis", [9121], "metrics"],
    ["sentinel", [9355], "metrics"],
    ["redis-operator", [9710], "metrics"],
  ];
  return scraped.map(([to, ports, why]) => ({ from: [{ namespace }], to: [to], ports, why }));
}

export interface FlowOptions {
  /** Whether the mesh has a node agent. */
  cni: boolean;
  /** Whether Shlink fetches the titles of links' targets. */
  resolveTitles: boolean;
  /** Whether a pool stands between Shlink and the database. */
  pooled: boolean;
  /** Whether backups leave the cluster. */
  cloudBackups: boolean;
  /** Namespace of the Prometheus that watches the platform; absent: none does. */
  scrapedFrom?: string | undefined;
  /** Collector of traces; absent: the mesh sends none. */
  collector?: { namespace: string; port: number } | undefined;
  /** Ports on which Vault reaches what unseals it; none with key shares. */
  sealPorts: number[];
  /** Whether snapshots are taken of Vault. */
  snapshots: boolean;
}

/** Every connection that is allowed; all others are refused. */
export const flowsFor = (options: FlowOptions): Flow[] => [
  ...flows,
  ...(options.cni ? [agentFlow] : []),
  ...(options.pooled ? poolFlows : [directFlow]),
  ...(options.cloudBackups ? [storeFlow] : []),
  ...(options.resolveTitles ? [titleFlow] : []),
  ...(options.scrapedFrom === undefined ? [] : scrapeFlows(options.scrapedFrom)),
  ...(options.collector === undefined
    ? []
    : [traceFlow(options.collector.namespace, options.collector.port)]),
  ...(options.sealPorts.length === 0 ? [] : [sealFlow(options.sealPorts)]),
  ...(options.snapshots ? [snapshotFlow] : []),
];
