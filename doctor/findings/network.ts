import { fewestFlows, type Flow, flowsFor, type Peer } from "../../platform/flows.ts";
import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { NetworkPolicy, PolicyPeer, PolicyRule } from "../facts.ts";
import { finding } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { inNamespace, linkOf, podsOf, selects } from "../readings.ts";

type Direction = "Ingress" | "Egress";

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

/** Whether the policies that select this end let the connection through; where none does, everything may pass. */
function lets(
  policies: NetworkPolicy[],
  end: WorkloadName,
  direction: Direction,
  peer: Peer,
  port: number,
) {
  const { namespace, labels } = workloads[end];
  const own = policies
    .filter(inNamespace(namespace))
    .filter(({ spec }) => (spec?.policyTypes ?? ["Ingress"]).includes(direction))
    .filter(({ spec }) => selects(spec?.podSelector, labels));
  if (own.length === 0) return true;
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

const isOpen = (policies: NetworkPolicy[], { from, to, port }: Way) =>
  (!isWorkload(from) || lets(policies, from, "Egress", to, port)) &&
  (!isWorkload(to) || lets(policies, to, "Ingress", from, port));

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
    "By the cluster's network policies, one of the connections in platform/flows.ts is refused, or pods may not ask the DNS.",
  consequence: "Where the network plugin enforces policies, the one end cannot reach the other.",
  fix: "pulumi up --refresh --run-program writes the program's policies again. A policy that is not the program's cannot take away what another allows, but closes pods that no policy selected.",
  mend: bringBack,
  look: ["kubectl get networkpolicies -A"],
  needs: ["networkPolicies", "pods", "definitions", "others", "outside"],
  find: ({ networkPolicies, pods, definitions, others, outside }) => {
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
        .filter(({ way }) => !isOpen(networkPolicies, way))
        .map(({ way, why }) => ({
          text: `${nameOfPeer(way.from)} to ${nameOfPeer(way.to)}, port ${way.port} (${why})`,
          link: linkOfWay(way),
        })),
    ];
  },
});
