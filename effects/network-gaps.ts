import { BlockList, isIPv6 } from "node:net";
import { isCiliumEntity, type OutsidePeer, type Surroundings } from "../platform/surroundings.ts";
import type { NetworkSurvey, Server } from "./network-survey.ts";

/** A setting, and what it would have to have besides. */
type Gap = [setting: string, value: string];

/** Says in one sentence what the settings miss of the cluster's network; undefined: nothing. */
export function networkObstacle(
  survey: NetworkSurvey,
  demands: Surroundings,
  { file, context }: { file: string; context: string },
): string | undefined {
  if (survey.ipv6First)
    return (
      `Services of context ${context} have IPv6 addresses first (ipFamilies of Service default/kubernetes): RoadRunner in ` +
      "Shlink's image and pgBackRest listen on IPv4 only; use a cluster whose first family is IPv4, alone or of two."
    );
  if (demands.policies === "none") return undefined;
  if (survey.onCiliumNodes && demands.policies === "standard")
    return (
      `${file}: cluster.networkPolicies must be cilium, and cluster.apiServer have ${kubeApiServer}: in context ${context} ` +
      "Cilium runs and the API server is on its nodes, which no address in a NetworkPolicy matches there."
    );
  if (survey.noDnsService)
    return (
      `${file}: cluster.dns.service must name the Service of the cluster's DNS: context ${context} has no ` +
      `${demands.dns.service}; OpenShift's is openshift-dns/dns-default, RKE2's kube-system/rke2-coredns-rke2-coredns.`
    );
  const gaps = gapsOf(survey, demands);
  if (gaps.length === 0) return undefined;
  const [ofDns] = gaps.filter(([setting]) => setting === "cluster.dns.peers");
  if (survey.dnsWithoutPods && ofDns !== undefined)
    return (
      `${file}: no pod is behind the DNS's Service ${demands.dns.service} of context ${context}: bring the DNS back, or, where it ` +
      `runs on each node (EKS Auto Mode), add ${ofDns[1]} to cluster.dns.peers.`
    );
  return (
    `${file}: ${listed(gaps)}: without them the network policies cut the platform's pods off from what context ${context} ` +
    "has there (Endpoints of the API server and of the DNS, and pods in kube-system)."
  );
}

const kubeApiServer = "{ entity: kube-apiserver }";

export function gapsOf(
  survey: NetworkSurvey,
  { apiServer, dns, webhookCallers }: Surroundings,
): Gap[] {
  const missing = (setting: string, servers: Server[], peers: OutsidePeer[]) =>
    servers
      .filter((server) => !peers.some((peer) => includes(peer, server, survey)))
      .map((server): Gap => [setting, wanted(server)]);
  const closed = (setting: string, servers: Server[], open: number[]) =>
    servers
      .flatMap(({ ports }) => ports)
      .filter((port) => !open.includes(port))
      .map((port): Gap => [setting, String(port)]);
  return [
    ...(survey.onCiliumNodes
      ? named(apiServer.peers)
      : missing("cluster.apiServer", survey.apiServer, apiServer.peers)),
    ...closed("cluster.apiServerPorts", survey.apiServer, apiServer.ports),
    ...missing("cluster.dns.peers", survey.dns, dns.peers),
    ...closed("cluster.dns.ports", survey.dns, dns.ports),
    ...missing("cluster.webhookCallers", survey.tunnelAgents, webhookCallers),
  ];
}

/** Cilium's addresses match no node. */
const named = (peers: OutsidePeer[]): Gap[] =>
  peers.some(isCiliumEntity) ? [] : [["cluster.apiServer", kubeApiServer]];

/** Whether a peer lets a server through; pods that the account may not see count as selected. */
function includes(peer: OutsidePeer, server: Server, survey: NetworkSurvey): boolean {
  const { address, pod } = server;
  if (isCiliumEntity(peer)) return pod === undefined;
  if (typeof peer === "string") return contains(peer, address);
  const names = survey.selected.get(peer);
  return peer.namespace === pod?.namespace && (names === undefined || names.includes(pod.name));
}

const family = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");

function contains(cidr: string, address: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  const block = new BlockList();
  block.addSubnet(network, Number(length), family(network));
  return block.check(address, family(address));
}

/** Writes a server as the stack file would. */
function wanted({ address, pod }: Server): string {
  if (pod === undefined) return `${address}/${isIPv6(address) ? 128 : 32}`;
  const labels = Object.entries(pod.labels).map(([key, value]) => `${key}: ${value}`);
  return `{ namespace: ${pod.namespace}, pods: { ${labels.join(", ")} } }`;
}

/** Lists each setting once, with everything that it lacks. */
function listed(gaps: Gap[]): string {
  const settings = [...new Set(gaps.map(([setting]) => setting))];
  return settings
    .map((setting) => {
      const values = gaps.filter(([name]) => name === setting).map(([, value]) => value);
      return `${setting} lacks ${[...new Set(values)].join(", ")}`;
    })
    .join("; ");
}
