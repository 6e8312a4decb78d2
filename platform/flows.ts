import { namespaceOfHost, type OutsideService } from "./services.ts";
import type { OutsideStore } from "./stores.ts";
import { type OutsidePods, usualApiServerPorts } from "./surroundings.ts";
import { type WorkloadName, workloads } from "./workloads.ts";

/** Peers outside of the pods: the API server, who calls webhooks for it, every address, and public addresses only. */
export type ExternalPeer = "api-server" | "webhook-callers" | "anywhere" | "internet";
/** The addresses of one network, in CIDR notation. */
interface Network {
  cidr: string;
}
export type Peer = WorkloadName | ExternalPeer | OutsidePods | Network;
/** Kinds of pods that are not this stack's, and where they are; undefined where no pod of ours talks to them. */
export type Elsewhere = Partial<Record<WorkloadName, OutsidePods | undefined>>;

/** Connections that pods need, besides DNS. */
export interface Flow {
  from: Peer[];
  to: Peer[];
  /** TCP ports of the pods, not of their Services. */
  ports: number[];
  why: string;
}

const flow = (from: Peer[], to: Peer[], ports: number[], why: string): Flow => ({
  from,
  to,
  ports,
  why,
});

const { istiod, gateway, vault, postgres, pgbouncer, pgbackrest, redis, sentinel, shlink } =
  workloads;
const secrets = workloads["external-secrets"];
const secretsWebhook = workloads["external-secrets-webhook"];

const https = 443;

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
const shlinks: WorkloadName[] = ["shlink", "shlink-migration"];
const redises: WorkloadName[] = ["redis", "sentinel"];

const { http, https: gatewayHttps, status } = gateway.ports;
const sentinelPorts = [sentinel.ports.sentinel];
const redisPorts = [redis.ports.redis];
const backupPorts = [pgbackrest.ports.backup];
const sqlAndPatroni = [postgres.ports.sql, postgres.ports.patroni];

/** The connections that every stack needs. */
const flows: Flow[] = [
  flow(["shlink", "gateway"], ["istiod"], [istiod.ports.xds], "configuration, identity"),
  flow(["webhook-callers"], ["istiod"], [istiod.ports.webhook], "webhooks"),
  flow(
    ["webhook-callers"],
    ["external-secrets-webhook"],
    [secretsWebhook.ports.webhook],
    "webhooks",
  ),
  flow(["anywhere"], ["gateway"], [http, gatewayHttps, status], "visitors, health checks"),
  flow(["gateway"], ["shlink"], [shlink.ports.http], "redirects, REST API"),
  flow(shlinks, ["sentinel"], sentinelPorts, "who is master"),
  flow(shlinks, ["redis"], redisPorts, "locks, cache"),
  flow(["postgres"], ["postgres"], sqlAndPatroni, "replication, Patroni"),
  flow(["postgres"], ["pgbackrest"], backupPorts, "archive"),
  flow(["pgbackrest"], ["postgres", "pgbackrest"], backupPorts, "backup, restore"),
  flow(["redis-operator"], ["redis"], redisPorts, "watches and configures"),
  flow(["redis-operator"], ["sentinel"], sentinelPorts, "watches and configures"),
  flow(redises, ["redis"], redisPorts, "replication, monitoring"),
  flow(redises, ["sentinel"], sentinelPorts, "quorum, hand-over"),
  flow(["redis-ready"], ["redis"], redisPorts, "asks for its replicas"),
  flow(["redis-ready"], ["sentinel"], sentinelPorts, "asks for the master"),
  flow(["external-secrets"], ["vault"], [vault.ports.api], "login, reads"),
  flow(["vault-bootstrap", "vault-unsealer"], ["vault"], [vault.ports.api], "opens it"),
  flow(["vault"], ["vault"], [vault.ports.api, vault.ports.raft], "joins the raft"),
];

/** The pods that call the Kubernetes API; a mesh's node agent looks up the pods that it redirects. */
const apiFlow = ({ cni, apiServerPorts }: FlowOptions) =>
  flow(
    [...apiClients, ...(cni ? (["istio-cni"] as const) : [])],
    ["api-server"],
    apiServerPorts,
    "Kubernetes API",
  );

/** Vault servers that get their key from a service, in the cloud or in another cluster. */
const sealFlow = (ports: number[]) => flow(["vault"], ["anywhere"], ports, "unseals itself");

const snapshotFlow = flow(["vault-snapshot"], ["vault"], [vault.ports.api], "snapshots");

const directFlow = (clients: WorkloadName[]) =>
  flow(clients, ["postgres"], [postgres.ports.sql], "database");

const poolFlows = (clients: WorkloadName[]) => [
  flow(clients, ["pgbouncer"], [pgbouncer.ports.sql], "database"),
  flow(["pgbouncer"], ["postgres"], [postgres.ports.sql], "database"),
];

/** All that log in to Shlink's database as Shlink. */
const databaseClients = ({ apiKeys }: FlowOptions): WorkloadName[] =>
  apiKeys === true ? [...shlinks, "shlink-api-keys"] : shlinks;

/** The servers push their log themselves; backups and restores are Jobs. */
const backupFlow = ({ peers, ports }: StorePlace): Flow =>
  flow(["postgres", "pgbackrest"], peers, ports, "backups in a store");

const titleFlow = flow(["shlink"], ["internet"], [https], "titles of the pages behind links");

/** An ACME issuer that asks for a host by HTTP is answered by a pod of cert-manager beside the gateway. */
const solverFlow = flow(
  ["gateway"],
  ["acme-solver"],
  [workloads["acme-solver"].ports.http],
  "an ACME issuer's questions",
);

type Reached = Omit<OutsideService, "protocol">;

/** A name says not where it leads: a service may be at a public address, or at one of the company's. */
function serviceFlow(from: WorkloadName, { host, port, why }: Reached): Flow {
  const namespace = namespaceOfHost(host);
  return flow([from], [namespace === undefined ? "anywhere" : { namespace }], [port], why);
}

/** A database or a Redis of others is reached where its hosts' addresses are, and nowhere else. */
const storeFlow = (from: WorkloadName[], store: OutsideStore): Flow =>
  flow(from, storePeers(store), store.ports, store.why);

function storePeers({ hosts, networks }: OutsideStore): Peer[] {
  const namespaces = new Set(hosts.flatMap((host) => namespaceOfHost(host) ?? []));
  return [
    ...[...namespaces].map((namespace) => ({ namespace })),
    ...networks.map((cidr) => ({ cidr })),
  ];
}

/** A mesh that sends traces to a collector in this namespace. */
const traceFlow = (from: WorkloadName[], { namespace, port }: Collector) =>
  flow(from, [{ namespace }], [port], "traces");

const pagePort = workloads["web-client"].ports.http;
/** The page for browsers, behind a sidecar like Shlink. */
const pageFlows = [
  flow(["web-client"], ["istiod"], [istiod.ports.xds], "configuration, identity"),
  flow(["gateway"], ["web-client"], [pagePort], "the page"),
];

interface Collector {
  namespace: string;
  port: number;
}

/** The connections of a Prometheus in this namespace that watches the platform. */
export function scrapeFlows(namespace: string): Flow[] {
  const scraped: [WorkloadName, number[], string][] = [
    ["vault", [vault.ports.api], "metrics, certificate"],
    ["external-secrets", [secrets.ports.metrics], "metrics"],
    ["istiod", [istiod.ports.metrics], "metrics"],
    ["gateway", [gatewayHttps, gateway.ports.metrics], "certificate, metrics"],
    ["shlink", [shlink.ports.metrics], "metrics"],
    ["postgres", [postgres.ports.metrics], "metrics"],
    ["redis", [redis.ports.metrics], "metrics"],
    ["sentinel", [sentinel.ports.metrics], "metrics"],
    ["redis-operator", [workloads["redis-operator"].ports.metrics], "metrics"],
  ];
  return scraped.map(([to, ports, why]) => flow([{ namespace }], [to], ports, why));
}

/** Who is reached outside of the stack, on which ports. */
export interface StorePlace {
  peers: Peer[];
  ports: number[];
}

export interface FlowOptions {
  /** Ports on which the API server answers. */
  apiServerPorts: number[];
  /** Whether the mesh has a node agent. */
  cni: boolean;
  /** Whether Shlink fetches the titles of links' targets. */
  resolveTitles: boolean;
  /** Services that Shlink calls because its settings name them. */
  services: OutsideService[];
  /** A database and a Redis that somebody else runs. */
  stores?: OutsideStore[];
  /** Where Shlink's account in somebody else's database is made; absent: the database is the stack's own. */
  accountStore?: OutsideStore | undefined;
  /** Whether a Job writes API keys into the database. */
  apiKeys?: boolean;
  /** Whether there is a page for browsers. */
  webClient: boolean;
  /** Whom istiod asks for the keys of the page's tokens; absent: the page takes none. */
  pageKeys?: OutsideService | undefined;
  /** Whether a pool stands between Shlink and the database. */
  pooled: boolean;
  /** Where backups go that are not on a volume. */
  backupPlaces: StorePlace[];
  /** Namespace of the Prometheus that watches the platform; absent: none does. */
  scrapedFrom?: string | undefined;
  /** Collector of traces; absent: the mesh sends none. */
  collector?: Collector | undefined;
  /** Ports on which Vault reaches what unseals it; none with key shares. */
  sealPorts: number[];
  /** Whether snapshots are taken of Vault. */
  snapshots: boolean;
  /** Whether the gateway's certificate is asked for by ACME HTTP-01. */
  http01: boolean;
  /** Pods of what the cluster had before. */
  elsewhere?: Elsewhere;
  /** A Vault that is not this stack's. */
  vault?: Pick<OutsideService, "host" | "port"> | undefined;
}

/** Those of a stack in which nothing is switched on that a stack can do without. */
export const fewestFlows: FlowOptions = {
  apiServerPorts: usualApiServerPorts,
  cni: false,
  resolveTitles: false,
  services: [],
  webClient: false,
  pooled: false,
  backupPlaces: [],
  sealPorts: [],
  snapshots: false,
  http01: false,
};

/** Pods whose proxies send traces. */
const proxies = ({ webClient }: FlowOptions): WorkloadName[] =>
  webClient ? ["gateway", "shlink", "web-client"] : ["gateway", "shlink"];

/** Puts those who are not this stack's where they are; what no pod of ours has a part in is not ours to open. */
function relocated(all: Flow[], elsewhere: Elsewhere): Flow[] {
  const place = (peer: Peer): Peer[] => {
    if (typeof peer !== "string" || !(peer in elsewhere)) return [peer];
    const pods = elsewhere[peer as WorkloadName];
    return pods === undefined ? [] : [pods];
  };
  const isOurs = (peer: Peer) => typeof peer === "string" && peer in workloads;
  return all
    .map((one) => ({ ...one, from: one.from.flatMap(place), to: one.to.flatMap(place) }))
    .filter(({ from, to }) => from.length > 0 && to.length > 0 && [...from, ...to].some(isOurs));
}

/** Every connection that is allowed; all others are refused. */
export const flowsFor = ({ elsewhere = {}, ...options }: FlowOptions): Flow[] =>
  relocated(allFlows(options), elsewhere);

const allFlows = (options: FlowOptions): Flow[] => [
  ...flows,
  apiFlow(options),
  ...(options.pooled
    ? poolFlows(databaseClients(options))
    : [directFlow(databaseClients(options))]),
  ...options.backupPlaces.map(backupFlow),
  ...(options.resolveTitles ? [titleFlow] : []),
  ...options.services.map((service) => serviceFlow("shlink", service)),
  ...(options.vault === undefined
    ? []
    : [serviceFlow("external-secrets", { ...options.vault, why: "login, reads" })]),
  ...(options.stores ?? []).map((store) =>
    storeFlow(store.name === "postgres" ? databaseClients(options) : shlinks, store),
  ),
  ...(options.accountStore === undefined
    ? []
    : [storeFlow(["database-account"], options.accountStore)]),
  ...(options.scrapedFrom === undefined ? [] : scrapeFlows(options.scrapedFrom)),
  ...(options.webClient ? pageFlows : []),
  ...(options.pageKeys === undefined ? [] : [serviceFlow("istiod", options.pageKeys)]),
  ...(options.collector === undefined ? [] : [traceFlow(proxies(options), options.collector)]),
  ...(options.sealPorts.length === 0 ? [] : [sealFlow(options.sealPorts)]),
  ...(options.snapshots ? [snapshotFlow] : []),
  ...(options.http01 ? [solverFlow] : []),
];
