/** A pod as NetworkPolicies see it: by labels and namespace, or as an address outside of the cluster. */
export type Endpoint = { namespace: string; labels: Record<string, string> } | { address: string };

type Selector = { matchLabels?: Record<string, string> };
interface PolicyPeer {
  namespaceSelector?: Selector;
  podSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}
interface Rule {
  from?: PolicyPeer[];
  to?: PolicyPeer[];
  ports?: { protocol: string; port: number }[];
}
export interface Policy {
  metadata: { namespace: string };
  spec: { podSelector: Selector; policyTypes: string[]; ingress?: Rule[]; egress?: Rule[] };
}

/** Whether Kubernetes would let `from` open a connection to `to`: both sides have to agree. */
export function allowed(
  policies: Policy[],
  from: Endpoint,
  to: Endpoint,
  port: number,
  protocol = "TCP",
): boolean {
  const side = (self: Endpoint, other: Endpoint, type: "Ingress" | "Egress"): boolean => {
    const isolating = policies.filter(
      (policy) => policy.spec.policyTypes.includes(type) && selects(policy, self),
    );
    if (isolating.length === 0) return true;
    return isolating.some(({ spec, metadata }) =>
      ((type === "Ingress" ? spec.ingress : spec.egress) ?? []).some(
        (rule) =>
          matchesPeer(type === "Ingress" ? rule.from : rule.to, metadata.namespace, other) &&
          (rule.ports === undefined ||
            rule.ports.some((entry) => entry.port === port && entry.protocol === protocol)),
      ),
    );
  };
  return side(from, to, "Egress") && side(to, from, "Ingress");
}

function selects({ metadata, spec }: Policy, endpoint: Endpoint): boolean {
  return (
    "labels" in endpoint &&
    endpoint.namespace === metadata.namespace &&
    matches(spec.podSelector, endpoint.labels)
  );
}

/** An absent or empty list of peers is everybody. */
function matchesPeer(peers: PolicyPeer[] | undefined, own: string, endpoint: Endpoint): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined)
      return (
        "address" in endpoint &&
        within(endpoint.address, ipBlock.cidr) &&
        !(ipBlock.except ?? []).some((cidr) => within(endpoint.address, cidr))
      );
    if ("address" in endpoint) return false;
    const inNamespace =
      namespaceSelector === undefined
        ? endpoint.namespace === own
        : matches(namespaceSelector, { "kubernetes.io/metadata.name": endpoint.namespace });
    return inNamespace && matches(podSelector ?? {}, endpoint.labels);
  });
}

const matches = ({ matchLabels = {} }: Selector, labels: Record<string, string>) =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value);

function within(address: string, cidr: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  if (address.includes(":") || network.includes(":")) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(address) / size) === Math.floor(number(network) / size);
}

const number = (address: string) =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
