import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type CiliumEntity, isCiliumEntity, type PolicyMode } from "../../platform/surroundings.ts";
import type { Rule, Rules, StandardPeer } from "./rules.ts";

export interface Restriction {
  /** The name in the cluster. */
  object: string;
  namespace: pulumi.Input<string>;
  rules: Rules;
  policies: PolicyMode;
}

/** Lets pods do what the rules say, and nothing else; the policies of several restrictions add up. */
export function restrict(
  name: string,
  { object, namespace, rules, policies }: Restriction,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (policies === "none") return [];
  const metadata = { name: object, namespace };
  const spec = standardSpec(rules);
  const standard = new k8s.networking.v1.NetworkPolicy(name, { metadata, spec }, opts);
  const entities = ciliumSpec(rules);
  if (entities === undefined) return [standard];
  const kind = { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy" };
  const own = new k8s.apiextensions.CustomResource(
    name,
    { ...kind, metadata, spec: entities },
    opts,
  );
  return [standard, own];
}

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

/** Closes both directions, and opens them to addresses and pods. */
export function standardSpec({ labels, incoming, outgoing }: Rules): PolicySpec {
  // A rule without peers would be for everybody.
  const open = (rules: Rule[]) =>
    rules
      .map(({ peers, ports }) => ({
        peers: peers.filter((peer): peer is StandardPeer => !isCiliumEntity(peer)),
        ...(ports.length === 0 ? {} : { ports }),
      }))
      .filter(({ peers }) => peers.length > 0);
  return {
    podSelector: labels === undefined ? {} : { matchLabels: labels },
    policyTypes: ["Ingress", "Egress"],
    ...(labels === undefined
      ? {}
      : { ingress: open(incoming).map(({ peers, ...rest }) => ({ from: peers, ...rest })) }),
    egress: open(outgoing).map(({ peers, ...rest }) => ({ to: peers, ...rest })),
  };
}

/** What the standard one cannot say: Cilium's entities. Absent: there are none. */
function ciliumSpec({ labels, incoming, outgoing }: Rules): object | undefined {
  const open = (rules: Rule[]) =>
    rules
      .map(({ peers, ports }) => ({ entities: entitiesOf(peers), ...ciliumPorts(ports) }))
      .filter(({ entities }) => entities.length > 0);
  const ingress = open(incoming).map(({ entities, ...rest }) => ({
    fromEntities: entities,
    ...rest,
  }));
  const egress = open(outgoing).map(({ entities, ...rest }) => ({ toEntities: entities, ...rest }));
  if (ingress.length + egress.length === 0) return undefined;
  return {
    endpointSelector: labels === undefined ? {} : { matchLabels: labels },
    ...(ingress.length === 0 ? {} : { ingress }),
    ...(egress.length === 0 ? {} : { egress }),
  };
}

const entitiesOf = (peers: Rule["peers"]): CiliumEntity["entity"][] =>
  peers.filter(isCiliumEntity).map(({ entity }) => entity);

/** Cilium writes ports as text. */
const ciliumPorts = (ports: Rule["ports"]) =>
  ports.length === 0
    ? {}
    : { toPorts: [{ ports: ports.map((one) => ({ ...one, port: String(one.port) })) }] };
