import type { OutsidePods, Surroundings } from "../platform/surroundings.ts";
import { selectorText } from "../platform/workloads.ts";
import { type Ask, metadataOnly } from "./api.ts";
import { podsPath } from "./pods.ts";

/** Where something answers, or calls from. */
export interface Server {
  address: string;
  ports: number[];
  /** The pod behind the address, where it is one with an address of its own. */
  pod?: Pod;
}

interface Pod {
  namespace: string;
  name: string;
  /** Labels that select it and its like. */
  labels: Record<string, string>;
}

/** What the cluster's network has; what the account may not see is not there. */
export interface NetworkSurvey {
  apiServer: Server[];
  dns: Server[];
  /** Agents of a tunnel through which the API server calls webhooks. */
  tunnelAgents: Server[];
  /** Names of the pods that each selector of the settings finds; undefined where the account may not know. */
  selected: Map<OutsidePods, string[] | undefined>;
  noDnsService: boolean;
  /** Whether no pod is behind the DNS's Service: it is down, or runs on each node itself. */
  dnsWithoutPods: boolean;
  /** Whether Cilium runs here, to which addresses of nodes are no addresses, and the API server on nodes. */
  onCiliumNodes: boolean;
  /** Whether Services have IPv6 addresses unless they ask for others. */
  ipv6First: boolean;
}

/** Asks for the Services of the API server and of the DNS, for what stands behind them, and for what stands between. */
export async function surveyNetwork(ask: Ask, demands: Surroundings): Promise<NetworkSurvey> {
  const peers = [...demands.dns.peers, ...demands.webhookCallers].filter(isPods);
  const [api, dns, local, agents, selected, ciliums] = await Promise.all([
    lookAtService(ask, "default/kubernetes"),
    lookAtService(ask, demands.dns.service),
    podsOf(ask, nodeLocal),
    Promise.all(tunnels.map((agent) => podsOf(ask, agent))),
    Promise.all(peers.map(async (peer) => [peer, await namesOf(ask, peer)] as const)),
    podsOf(ask, cilium),
  ]);
  return {
    apiServer: [...api.service, ...api.servers],
    dns: dnsServers(dns, local[0]),
    tunnelAgents: agents.flatMap((pods, at) => pods.slice(0, 1).map(serverOf(tunnels[at]))),
    selected: new Map(selected),
    noDnsService: dns.status === 404,
    dnsWithoutPods: isWithoutPods(dns),
    onCiliumNodes: api.servers.some(({ address }) =>
      ciliums.some(({ status }) => status?.podIP === address),
    ),
    ipv6First: api.families[0] === "IPv6",
  };
}

const isPods = (peer: unknown): peer is OutsidePods =>
  typeof peer === "object" && peer !== null && "namespace" in peer;

/** One on each node, with the node's address. */
const cilium = { namespace: "kube-system", pods: { "k8s-app": "cilium" } };
/** NodeLocal DNSCache, wherever it comes from, and konnectivity's agents as GKE and AKS label them. */
const nodeLocal = { namespace: "kube-system", pods: { "k8s-app": "node-local-dns" } };
const tunnels = ["k8s-app", "app"].map((key) => ({
  namespace: "kube-system",
  pods: { [key]: "konnectivity-agent" },
}));

interface Service {
  spec?: {
    clusterIPs?: string[];
    ipFamilies?: string[];
    selector?: Record<string, string>;
    ports?: { port: number }[];
  };
}
interface Slices {
  items?: {
    endpoints?: { addresses: string[]; targetRef?: Target }[] | null;
    ports?: { port?: number }[] | null;
  }[];
}
interface Target {
  kind: string;
  namespace: string;
  name: string;
}

/** The Service's own addresses, and the servers behind it. */
async function lookAtService(ask: Ask, place: string) {
  const [namespace = "", name = ""] = place.split("/");
  const query = `labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${name}`)}`;
  const [service, slices] = await Promise.all([
    ask<Service>(`/api/v1/namespaces/${namespace}/services/${name}`),
    ask<Slices>(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query}`),
  ]);
  const { clusterIPs = [], ipFamilies = [], selector = {}, ports = [] } = service.body.spec ?? {};
  const pod = (target?: Target) =>
    target?.kind === "Pod" ? { pod: { ...target, labels: selector } } : {};
  const servers = (slices.body.items ?? []).flatMap((slice) =>
    (slice.endpoints ?? []).flatMap(({ addresses, targetRef }) =>
      addresses.map((address): Server => {
        const open = (slice.ports ?? []).flatMap(({ port }) => port ?? []);
        return { address, ports: open, ...pod(targetRef) };
      }),
    ),
  );
  const open = [...new Set(ports.map(({ port }) => port))];
  return {
    status: service.status,
    families: ipFamilies,
    service: clusterIPs.map((address): Server => ({ address, ports: open })),
    servers,
    known: slices.status === 200,
  };
}

interface LivePod {
  metadata: { name: string };
  spec?: { hostNetwork?: boolean; containers?: { args?: string[] }[] };
  status?: { podIP?: string };
}

async function podsOf(ask: Ask, pods: OutsidePods): Promise<LivePod[]> {
  const { status, body } = await ask<{ items?: LivePod[] | null }>(pathOf(pods));
  return status === 200 ? (body.items ?? []) : [];
}

async function namesOf(ask: Ask, pods: OutsidePods): Promise<string[] | undefined> {
  const { status, body } = await ask<{ items?: LivePod[] | null }>(pathOf(pods), {
    accept: metadataOnly,
  });
  return status === 200 ? (body.items ?? []).map(({ metadata }) => metadata.name) : undefined;
}

const pathOf = ({ namespace, pods = {} }: OutsidePods) => podsPath(namespace, selectorText(pods));

const serverOf =
  ({ namespace, pods = {} }: OutsidePods = nodeLocal) =>
  ({ metadata, status }: LivePod): Server => ({
    address: status?.podIP ?? "",
    ports: [],
    pod: { namespace, name: metadata.name, labels: pods },
  });

type Looked = Awaited<ReturnType<typeof lookAtService>>;

const isWithoutPods = ({ servers, known }: Looked) => known && servers.length === 0;

/**
 * Pods behind the Service; without any (EKS Auto Mode) each node answers at the Service's address. A cache on the node
 * listens on addresses that its arguments name, the Service's mostly among them, unless Cilium leads to it as a pod.
 */
function dnsServers(dns: Looked, cache: LivePod | undefined): Server[] {
  const behind = isWithoutPods(dns) ? dns.service : dns.servers;
  if (cache === undefined) return behind;
  if (cache.spec?.hostNetwork !== true)
    return [...behind, { ...serverOf(nodeLocal)(cache), ports: [53] }];
  const args = (cache.spec.containers ?? []).flatMap((container) => container.args ?? []);
  const named = args[args.indexOf("-localip") + 1]?.split(",") ?? [];
  const addresses = args.includes("-localip") ? named : ["169.254.20.10"];
  return [...behind, ...addresses.map((address) => ({ address, ports: [53] }))];
}
