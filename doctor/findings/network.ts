import { fewestFlows, type Flow, flowsFor, type Peer } from "../../platform/flows.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { CiliumPolicy, NetworkPolicy, PolicyPeer, PolicyRule } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { inNamespace, linkOf, podsOf, selects } from "../readings.ts";
import { closesEnd, deniersOf, mayAllow, type Meeting } from "./cilium.ts";

const isWorkload = (peer: Peer): peer is WorkloadName =>
  typeof peer === "string" && peer in workloads;

/** Whether a peer of a rule is the other end of a connection. */
function reaches({ podSelector, namespaceSelector, ipBlock }: PolicyPeer, own: string, peer: Peer) {
  if (!isWorkload(peer)) return ipBlock !== undefined || namespaceSelector !== undefined;
  const { namespace, labels } = workloads[peer];
  if (ipBlock !== undefined) return false;
  const inside =
    namespaceSelector === undefined
      ? namespace === own
      : selects(namespaceSelector, { "kubernetes.io/metadata.name": namespace });
  return inside && selects(podSelector, labels);
}

const opens = ({ ports }: PolicyRule, port: number) =>
  ports === undefined ||
  ports.some(
    ({ port: first, endPort, protocol = "TCP" }) =>
      protocol === "TCP" &&
      (first === undefined ||
        first === port ||
        (typeof first === "number" && endPort !== undefined && first <= port && port <= endPort)),
  );

interface Policies {
  standard: NetworkPolicy[];
  cilium: CiliumPolicy[];
}

/** A connection at an end that is a pod; the other may be none. */
interface End extends Omit<Meeting, "peer"> {
  peer: Peer;
}

const isMeeting = (one: End): one is Meeting => isWorkload(one.peer);

/** Whether the policies that select this end let the connection through; where none does, everything may pass. */
function lets({ standard, cilium }: Policies, one: End) {
  const { end, direction, peer, port } = one;
  const { namespace, labels } = workloads[end];
  const own = standard
    .filter(inNamespace(namespace))
    .filter(({ spec }) => (spec?.policyTypes ?? ["Ingress"]).includes(direction))
    .filter(({ spec }) => selects(spec?.podSelector, labels));
  if (own.length === 0 && !(isMeeting(one) && closesEnd(cilium, one))) return true;
  if (isMeeting(one) && mayAllow(cilium, one)) return true;
  const rules = own.flatMap(
    ({ spec }) => spec?.[direction === "Ingress" ? "ingress" : "egress"] ?? [],
  );
  return rules.some((rule) => {
    const peers = direction === "Ingress" ? rule.from : rule.to;
    return (
      opens(rule, port) &&
      (peers === undefined || peers.some((one) => reaches(one, namespace, peer)))
    );
  });
}

interface Way {
  from: Peer;
  to: Peer;
  port: number;
}

/** One by one what a flow says together. The API server listens on one of its ports, no matter which. */
const waysOf = ({ from, to, ports }: Flow): Way[] =>
  from.flatMap((start) =>
    to.flatMap((end) =>
      (end === "api-server" ? ports.slice(0, 1) : ports).map((port) => ({
        from: start,
        to: end,
        port,
      })),
    ),
  );

const hasCilium = (definitions: string[]) =>
  definitions.some((name) => name.endsWith(".cilium.io"));

/** Cilium has policies of its own beside these, for ends that are no pods. */
const isJudged = ({ from, to }: Way, definitions: string[]) =>
  (isWorkload(from) && isWorkload(to)) || !hasCilium(definitions);

/** The pods that begin connections, and may not ask for names; where the cluster's DNS is, is its own affair. */
function nameless(policies: NetworkPolicy[], starts: Peer[]): WorkloadName[] {
  return [...new Set(starts)].filter(isWorkload).filter((name) => {
    const { namespace, labels } = workloads[name];
    const own = policies
      .filter(inNamespace(namespace))
      .filter(({ spec }) => spec?.policyTypes?.includes("Egress") === true)
      .filter(({ spec }) => selects(spec?.podSelector, labels));
    const asks = ({ to, ports }: PolicyRule) =>
      (ports === undefined || ports.some(({ protocol }) => protocol === "UDP")) &&
      (to === undefined ||
        to.some((one) => one.ipBlock !== undefined || one.namespaceSelector !== undefined));
    return own.length > 0 && !own.some(({ spec }) => spec?.egress?.some(asks));
  });
}

const endsOf = ({ from, to, port }: Way): End[] => [
  ...(isWorkload(from) ? [{ end: from, direction: "Egress" as const, peer: to, port }] : []),
  ...(isWorkload(to) ? [{ end: to, direction: "Ingress" as const, peer: from, port }] : []),
];

/** Why a way is not open; undefined: it is. */
function obstacleOf(policies: Policies, way: Way): string | undefined {
  const ends = endsOf(way);
  const [denier] = ends.filter(isMeeting).flatMap((one) => deniersOf(policies.cilium, one));
  if (denier !== undefined) return `, which ${denier} denies`;
  return ends.every((one) => lets(policies, one)) ? undefined : "";
}

/** The connections that every stack has; those of pods that are not the platform's are not judged. */
const flows = (pooled: boolean, others: string[], outside: string[]) =>
  flowsFor({
    elsewhere: Object.fromEntries(
      Object.entries(workloads)
        .filter(([name, { namespace }]) => others.includes(namespace) || outside.includes(name))
        .map(([name]) => [name, undefined]),
    ),
    ...fewestFlows,
    pooled,
  });

function nameOfPeer(peer: Peer): string {
  if (typeof peer === "string") return peer;
  return "cidr" in peer ? peer.cidr : `namespace ${peer.namespace}`;
}

const linkOfWay = ({ from, to }: Way) => {
  const end = [to, from].find(isWorkload);
  return end === undefined ? "cluster" : linkOf(workloads[end].namespace);
};

export const networkPolicyBlocks = finding({
  id: "network-policy-blocks",
  link: "cluster",
  severity: "broken",
  title: "A network policy blocks a connection that is needed",
  meaning:
    "By the cluster's network policies, or Cilium's own, one of the connections in platform/flows.ts is refused, or pods may not ask the DNS.",
  consequence: "Where the network plugin enforces policies, the one end cannot reach the other.",
  fix: "pulumi up --refresh --run-program writes the program's policies again. A policy that is not the program's cannot take away what another allows, but closes pods that no policy selected. What one of Cilium's denies, no other can allow again: take it away, or have it spare these pods.",
  mend: bringBack,
  look: [
    "kubectl get networkpolicies -A",
    "kubectl get ciliumnetworkpolicies,ciliumclusterwidenetworkpolicies -A || true",
  ],
  needs: ["networkPolicies", "pods", "definitions", "others", "outside"],
  also: ["ciliumPolicies"],
  find: ({ networkPolicies, pods, definitions, others, outside, ciliumPolicies = [] }) => {
    const policies = { standard: networkPolicies, cilium: ciliumPolicies };
    const needed = flows(podsOf(pods, "pgbouncer").length > 0, others, outside);
    const starts = needed.flatMap(({ from }) => from);
    return [
      ...(hasCilium(definitions) ? [] : nameless(networkPolicies, starts)).map((name) => ({
        text: `${name} to the cluster's DNS (names of all others)`,
        link: linkOf(workloads[name].namespace),
      })),
      ...needed
        .flatMap((flow) => waysOf(flow).map((way) => ({ way, why: flow.why })))
        .filter(({ way }) => isJudged(way, definitions))
        .flatMap(({ way, why }) => {
          const obstacle = obstacleOf(policies, way);
          if (obstacle === undefined) return [];
          const text = `${nameOfPeer(way.from)} to ${nameOfPeer(way.to)}, port ${way.port} (${why})${obstacle}`;
          return [{ text, link: linkOfWay(way) }];
        }),
    ];
  },
});
