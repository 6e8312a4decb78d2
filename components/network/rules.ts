import type * as k8s from "@pulumi/kubernetes";
import type { ExternalPeer, Flow, Peer } from "../../platform/flows.ts";
import {
  type CiliumEntity,
  type OutsidePeer,
  type OutsidePods,
  isCiliumEntity,
  type Surroundings,
} from "../../platform/surroundings.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";

export type StandardPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;
export type PolicyPeer = StandardPeer | CiliumEntity;

/** Whom pods may talk to, on which ports; without ports on all. */
export interface Rule {
  peers: PolicyPeer[];
  ports: { protocol: string; port: number }[];
}

/** What the pods of these labels may do, in both directions; without labels all pods of the namespace. */
export interface Rules {
  labels?: Record<string, string>;
  incoming: Rule[];
  outgoing: Rule[];
}

export const tcp = (ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));

/** Pods without a policy of their own receive nothing, and send nothing but questions to the cluster's DNS. */
export const closedRules = ({ dns }: Surroundings): Rules => ({
  incoming: [],
  outgoing: [
    {
      peers: dns.peers.map(outsidePeer),
      ports: dns.ports.flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ protocol, port }))),
    },
  ],
});

/** Both directions of what one kind of pod may do. */
export function workloadRules(name: WorkloadName, flows: Flow[], around: Surroundings): Rules {
  const rule = (peers: Peer[], ports: number[]): Rule => ({
    peers: peers.flatMap((peer) => policyPeers(peer, around)),
    ports: tcp(ports),
  });
  return {
    labels: workloads[name].labels,
    incoming: flows.filter(({ to }) => to.includes(name)).map((one) => rule(one.from, one.ports)),
    outgoing: flows.filter(({ from }) => from.includes(name)).map((one) => rule(one.to, one.ports)),
  };
}

export function policyPeers(peer: Peer, around: Surroundings): PolicyPeer[] {
  if (typeof peer !== "string") return [outsidePeer("cidr" in peer ? peer.cidr : peer)];
  if (isOutside(peer)) return outside(peer, around);
  const { namespace, labels } = workloads[peer];
  return [outsidePeer({ namespace, pods: labels })];
}

const isOutside = (peer: WorkloadName | ExternalPeer): peer is ExternalPeer => !(peer in workloads);

function outside(peer: ExternalPeer, around: Surroundings): PolicyPeer[] {
  if (peer === "api-server") return around.apiServer.peers.map(outsidePeer);
  if (peer === "webhook-callers") return around.webhookCallers.map(outsidePeer);
  if (peer === "internet") return publicAddresses.map((ipBlock) => ({ ipBlock }));
  const everywhere: PolicyPeer[] = ["0.0.0.0/0", "::/0"].map(outsidePeer);
  return around.policies === "cilium" ? [...everywhere, ...nodes] : everywhere;
}

/** Cilium's addresses match no node, from which a load balancer's health checks and visitors may come. */
const nodes: CiliumEntity[] = [{ entity: "host" }, { entity: "remote-node" }];

function outsidePeer(peer: OutsidePeer): PolicyPeer {
  if (typeof peer === "string") return { ipBlock: { cidr: peer } };
  return isCiliumEntity(peer) ? peer : podsPeer(peer);
}

export const podsPeer = ({ namespace, pods }: OutsidePods): StandardPeer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  ...(pods === undefined ? {} : { podSelector: { matchLabels: pods } }),
});

/** Pods, nodes and the cloud's metadata service are left out: a link must not make Shlink call them. */
const publicAddresses = [
  {
    cidr: "0.0.0.0/0",
    except: [
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.168.0.0/16",
    ],
  },
  { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] },
];
