import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import type { CiliumPolicy, CiliumRules, CiliumSection, LabelSelector } from "../facts.ts";
import { condition, nameOf } from "../readings.ts";

type Direction = "Ingress" | "Egress";

/** A connection at one of its ends, both of which are pods. */
export interface Meeting {
  end: WorkloadName;
  direction: Direction;
  peer: WorkloadName;
  port: number;
}

/** Undefined: nobody can tell from here, as of labels that only some of the pods have. */
type Guess = boolean | undefined;

function some(guesses: Guess[]): Guess {
  if (guesses.includes(true)) return true;
  return guesses.includes(undefined) ? undefined : false;
}

function every(guesses: Guess[]): Guess {
  if (guesses.includes(false)) return false;
  return guesses.includes(undefined) ? undefined : true;
}

const ofNamespace = "io.kubernetes.pod.namespace";
const namespaceLabels = "io.cilium.k8s.namespace.labels.";

/** The labels by which Cilium knows pods, as far as they are the same for all of a kind. */
function labelsOf(name: WorkloadName): Record<string, string> {
  const { namespace, labels } = workloads[name];
  const own = { [`${namespaceLabels}kubernetes.io/metadata.name`]: namespace };
  return { ...labels, ...own, [ofNamespace]: namespace };
}

/** A key may say where its label comes from. */
const plainKey = (key: string) => key.replace(/^(k8s|any):/, "");

function fits({ matchLabels = {}, matchExpressions = [] }: LabelSelector, name: WorkloadName) {
  const labels = labelsOf(name);
  const judged = (key: string, isRight: (value: string) => boolean): Guess => {
    const value = labels[plainKey(key)];
    return value === undefined ? undefined : isRight(value);
  };
  return every([
    ...Object.entries(matchLabels).map(([key, wanted]) => judged(key, (one) => one === wanted)),
    ...matchExpressions.map(({ key, operator, values = [] }) =>
      judged(key, (one) =>
        operator === "In" || operator === "NotIn"
          ? values.includes(one) === (operator === "In")
          : operator === "Exists",
      ),
    ),
  ]);
}

const namesNamespace = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector) =>
  [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]
    .map(plainKey)
    .some((key) => key === ofNamespace || key.startsWith(namespaceLabels));

/** A selector that names no namespace means that of its policy, and one of the whole cluster all pods. */
const meansPeer = (selector: LabelSelector, { metadata }: CiliumPolicy, peer: WorkloadName) =>
  metadata.namespace === undefined ||
  metadata.namespace === workloads[peer].namespace ||
  namesNamespace(selector)
    ? fits(selector, peer)
    : false;

const wholeCluster = ["all", "cluster"];
/** Members of a section that are judged here; what others mean for pods is not known. */
const known = ["fromEndpoints", "toEndpoints", "fromEntities", "toEntities", "toPorts"];

function isForPeer(section: CiliumSection, policy: CiliumPolicy, peer: WorkloadName): Guess {
  const members = Object.keys(section);
  // What an empty section allows, the documentation and its readers do not agree on.
  if (members.length === 0 || members.some((one) => !known.includes(one))) return undefined;
  if (members.every((one) => one === "toPorts")) return true;
  const endpoints = section.fromEndpoints ?? section.toEndpoints ?? [];
  const entities = section.fromEntities ?? section.toEntities ?? [];
  return some([
    ...endpoints.map((one) => meansPeer(one, policy, peer)),
    ...entities.map((one) => wholeCluster.includes(one) || undefined),
  ]);
}

type Port = NonNullable<NonNullable<CiliumSection["toPorts"]>[number]["ports"]>[number];

function isPort({ port: text = "", endPort, protocol = "ANY" }: Port, port: number): Guess {
  if (protocol !== "ANY" && protocol !== "TCP") return false;
  const first = Number(text);
  if (!Number.isInteger(first)) return undefined;
  return first === 0 || (first <= port && port <= (endPort ?? first));
}

/** An empty list of ports is as good as none. */
const isForPort = ({ toPorts = [] }: CiliumSection, port: number): Guess =>
  toPorts.length === 0 ||
  some(toPorts.map(({ ports }) => ports && some(ports.map((one) => isPort(one, port)))));

/** Whether rules are about the pods at this end. */
function selectsEnd({ metadata }: CiliumPolicy, rules: CiliumRules, end: WorkloadName): Guess {
  const { endpointSelector } = rules;
  if (endpointSelector === undefined) return false;
  const isElsewhere =
    metadata.namespace !== undefined && metadata.namespace !== workloads[end].namespace;
  return isElsewhere ? false : fits(endpointSelector, end);
}

/** The rules that count; Cilium says of a policy that it cannot read that it is not valid. */
const rulesOf = ({ spec, specs = [], status }: CiliumPolicy) =>
  condition(status?.conditions, "Valid")?.status === "False"
    ? []
    : [...(spec === undefined ? [] : [spec]), ...specs];

const sectionsOf = (rules: CiliumRules, { direction }: Meeting) =>
  direction === "Ingress"
    ? {
        allowed: rules.ingress,
        denied: rules.ingressDeny,
        closes: rules.enableDefaultDeny?.ingress,
      }
    : { allowed: rules.egress, denied: rules.egressDeny, closes: rules.enableDefaultDeny?.egress };

/** Whether a policy, or any of its rules, is about this end and says this of it. */
const says = (
  policy: CiliumPolicy,
  meeting: Meeting,
  what: (sections: ReturnType<typeof sectionsOf>) => Guess,
): Guess =>
  some(
    rulesOf(policy).map((rules) =>
      every([selectsEnd(policy, rules, meeting.end), what(sectionsOf(rules, meeting))]),
    ),
  );

const meets = (sections: CiliumSection[] = [], policy: CiliumPolicy, { peer, port }: Meeting) =>
  some(sections.map((one) => every([isForPeer(one, policy, peer), isForPort(one, port)])));

/** The policies that deny a connection for certain: no other can allow it again. */
export const deniersOf = (policies: CiliumPolicy[], meeting: Meeting) =>
  policies
    .filter((one) => says(one, meeting, ({ denied }) => meets(denied, one, meeting)) === true)
    .map(
      (one) =>
        `Cilium${one.metadata.namespace === undefined ? "Clusterwide" : ""}NetworkPolicy ${nameOf(one)}`,
    );

/** Whether a policy closes this end for certain, so that only what one allows may pass. */
export const closesEnd = (policies: CiliumPolicy[], meeting: Meeting) =>
  policies.some((one) =>
    says(
      one,
      meeting,
      ({ allowed = [], denied = [], closes }) => closes ?? allowed.length + denied.length > 0,
    ),
  );

/** Whether a policy allows the connection, or may do so. */
export const mayAllow = (policies: CiliumPolicy[], meeting: Meeting) =>
  policies.some(
    (one) => says(one, meeting, ({ allowed }) => meets(allowed, one, meeting)) !== false,
  );
