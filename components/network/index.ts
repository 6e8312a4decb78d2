import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import type { Flow, Peer, ExternalPeer } from "../../platform/flows.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { NamespaceName } from "../../platform/namespaces.ts";

export interface NetworkArgs {
  namespaces: Partial<Record<NamespaceName, pulumi.Input<string>>>;
  /** Every connection that is allowed. */
  flows: Flow[];
  /** Networks of the API server: its Service's address, and the addresses behind it. */
  apiServer: string[];
}

/** Closes every namespace, then opens exactly the flows: one policy for each kind of pod. */
export class Network extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Network"), name, {}, opts);
    for (const [name, namespace] of Object.entries(args.namespaces))
      this.#create(`${name}-default`, "default", namespace, closedSpec);
    for (const workload of connected(args.flows)) {
      const spec = workloadSpec(workload, args.flows, args.apiServer);
      const namespace = args.namespaces[workloads[workload].namespace];
      this.#create(workload, workload, namespace, spec);
    }
    this.registerOutputs({});
  }

  #create(
    name: string,
    object: string,
    namespace: pulumi.Input<string> | undefined,
    spec: PolicySpec,
  ): void {
    if (namespace === undefined)
      throw new Error(`the flows name pods of ${object}, whose namespace this stack does not have`);
    new k8s.networking.v1.NetworkPolicy(
      name,
      { metadata: { name: object, namespace }, spec },
      { parent: this },
    );
  }
}

/** Kinds of pods that no flow names are not in this stack. */
const connected = (flows: Flow[]) =>
  (Object.keys(workloads) as WorkloadName[]).filter((name) =>
    flows.some(({ from, to }) => from.includes(name) || to.includes(name)),
  );

export type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
export type PolicyPeer = k8s.types.input.networking.v1.NetworkPolicyPeer;

export const inNamespace = (namespace: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
});

export const policyTypes = ["Ingress", "Egress"];

/** Pods without a policy of their own receive nothing, and send nothing but questions to the cluster's DNS. */
export const closedSpec: PolicySpec = {
  podSelector: {},
  policyTypes,
  egress: [
    {
      to: [
        {
          ...inNamespace("kube-system"),
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
      ],
      ports: [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ],
    },
  ],
};

/** Both directions of what one kind of pod may do. */
export function workloadSpec(name: WorkloadName, flows: Flow[], apiServer: string[]): PolicySpec {
  const incoming = flows.filter(({ to }) => to.includes(name));
  const outgoing = flows.filter(({ from }) => from.includes(name));
  const peers = (list: Peer[]) => list.flatMap((peer) => policyPeers(peer, apiServer));
  const tcp = (ports: number[]) => ports.map((port) => ({ protocol: "TCP", port }));
  return {
    podSelector: { matchLabels: workloads[name].labels },
    policyTypes,
    ingress: incoming.map(({ from, ports }) => ({ from: peers(from), ports: tcp(ports) })),
    egress: outgoing.map(({ to, ports }) => ({ to: peers(to), ports: tcp(ports) })),
  };
}

export function policyPeers(peer: Peer, apiServer: string[]): PolicyPeer[] {
  if (typeof peer !== "string") return [inNamespace(peer.namespace)];
  if (isOutside(peer)) return outside(peer, apiServer).map((ipBlock) => ({ ipBlock }));
  const { namespace, labels } = workloads[peer];
  return [{ ...inNamespace(namespace), podSelector: { matchLabels: labels } }];
}

const isOutside = (peer: WorkloadName | ExternalPeer): peer is ExternalPeer => !(peer in workloads);

function outside(peer: ExternalPeer, apiServer: string[]): { cidr: string; except?: string[] }[] {
  if (peer === "api-server") return apiServer.map((cidr) => ({ cidr }));
  if (peer === "anywhere") return [{ cidr: "0.0.0.0/0" }, { cidr: "::/0" }];
  return [
    { cidr: "0.0.0.0/0", except: privateNetworks },
    { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] },
  ];
}

/** Pods, nodes and the cloud's metadata service: a link must not make Shlink call them. */
const privateNetworks = [
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
];
