import { type WorkloadName, workloads } from "../platform/workloads.ts";
import type {
  Certificate,
  Condition,
  Deployment,
  EndpointSlice,
  Event,
  Gateway,
  Job,
  KubeObject,
  LabelSelector,
  Pod,
  Service,
} from "./facts.ts";
import type { Link } from "./finding.ts";

export const serviceNameLabel = "kubernetes.io/service-name";
const minute = 60_000;

export const minutesSince = (moment: string | undefined, now: number) =>
  moment === undefined ? 0 : (now - Date.parse(moment)) / minute;

export const nameOf = ({ metadata }: KubeObject) =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;

export const inNamespace =
  (namespace: string) =>
  ({ metadata }: KubeObject) =>
    metadata.namespace === namespace;

/** The value of a variable of a Deployment's containers; a webhook may have put others before its own. */
export const variableOf = ({ spec }: Deployment, name: string) =>
  spec?.template.spec.containers.flatMap(({ env = [] }) => env).find((one) => one.name === name)
    ?.value;

/** The path below which Shlink answers, as its pods are told. */
export const basePathOf = (deployments: Deployment[]) =>
  deployments
    .filter((one) => nameOf(one) === "shlink/shlink")
    .map((one) => variableOf(one, "BASE_PATH") ?? "")[0] ?? "";

/** Whether labels are what a selector asks for; an empty selector takes all. */
export function selects(selector: LabelSelector | undefined, labels: Record<string, string> = {}) {
  const equal = Object.entries(selector?.matchLabels ?? {}).every(
    ([key, value]) => labels[key] === value,
  );
  const fits = (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const among = value !== undefined && values.includes(value);
    return operator === "In" ? among : !among;
  });
  return equal && fits;
}

export const hasEnded = ({ status }: Pod) => ["Succeeded", "Failed"].includes(status?.phase ?? "");

/** The pods of a kind; those that have ended their task or are being deleted do not count. */
export const podsOf = (pods: Pod[], workload: WorkloadName) =>
  pods.filter((pod) => {
    const { namespace, labels } = workloads[workload];
    if (hasEnded(pod) || pod.metadata.deletionTimestamp !== undefined) return false;
    return inNamespace(namespace)(pod) && selects({ matchLabels: labels }, pod.metadata.labels);
  });

export const condition = (list: Condition[] | undefined, type: string) =>
  list?.find((one) => one.type === type);

export const isReady = (pod: Pod) => condition(pod.status?.conditions, "Ready")?.status === "True";

/** All containers with what is known of them, init containers first. */
export const containersOf = ({ status }: Pod) => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

/** The place of the Service that a host names; a short name is of the given namespace. */
export function serviceOf(host: string, near?: string): string {
  const [name = "", namespace = near] = host.split(".");
  return `${namespace}/${name}`;
}

export const isService = (host: string, services: Service[]) =>
  services.some((one) => nameOf(one) === serviceOf(host));

/** Whether a host is, by its form, that of a Service of the cluster, and there is none. */
export const isLostService = (host: string, services: Service[]) =>
  /^[^.]+\.[^.]+\.svc(\..+)?$/.test(host) && !isService(host, services);

/** A host of a Gateway without the namespace that it may name before its slash. */
export const plainHost = (host: string) => host.split("/").at(-1) ?? host;

/** The hosts of Gateways as they write them. */
export const hostsIn = (gateways: Gateway[]) =>
  gateways.flatMap(({ spec }) => (spec?.servers ?? []).flatMap(({ hosts = [] }) => hosts));

/** The hosts that visitors ask for, each once. */
export const hostsOf = (gateways: Gateway[]) => [...new Set(hostsIn(gateways).map(plainHost))];

/** The last event about an object for one of these reasons. */
export const lastEvent = ({ metadata }: KubeObject, events: Event[], reasons = /^/) =>
  events.findLast(
    ({ reason = "", involvedObject: { name, namespace } }) =>
      reasons.test(reason) && name === metadata.name && namespace === metadata.namespace,
  );

/** Whether a Service leads to a pod that is ready. */
export const hasEndpoints = (service: Service, slices: EndpointSlice[]) =>
  slices.some(
    ({ metadata, endpoints }) =>
      metadata.namespace === service.metadata.namespace &&
      metadata.labels?.[serviceNameLabel] === service.metadata.name &&
      (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
  );

/** Why certificates could not be read, of one namespace or of all. */
export const unread = (certificates: Certificate[], namespace?: string) =>
  certificates
    .filter((one) => namespace === undefined || one.namespace === namespace)
    .flatMap((one) => one.unseen ?? []);

/** What breaks when the pods of a namespace do not work. */
const linkOfNamespace: Record<string, Link> = {
  "kube-system": "cluster",
  "istio-system": "mesh",
  "istio-cni": "mesh",
  "istio-ingress": "gateway",
  vault: "vault",
  "external-secrets": "secrets",
  "postgres-operator": "operators",
  postgres: "database",
  "redis-operator": "operators",
  redis: "redis",
  shlink: "shlink",
  platform: "upkeep",
};

export const linkOf = (namespace: string | undefined): Link =>
  linkOfNamespace[namespace ?? ""] ?? "cluster";

/** A part of a sentence of others, short enough for a line. */
export const brief = (text = "") => {
  const [line = ""] = text.trim().split("\n");
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
};

/** Why a Job has come to nothing, which may be before a pod of it was made; undefined: it has not. */
export function failureOf({ status }: Job): string | undefined {
  const { failed = 0, succeeded = 0, conditions } = status ?? {};
  if (succeeded > 0) return undefined;
  const failure = condition(conditions, "Failed");
  const pods = failed === 0 ? "" : `${failed} pods failed`;
  if (failure?.status !== "True") return pods || undefined;
  return [pods, failure.reason ?? "it failed"].filter((part) => part !== "").join(", ");
}

/** The newest Job whose pods are of a kind. */
export function newestOf(jobs: Job[], workload: WorkloadName): Job | undefined {
  const { namespace, labels } = workloads[workload];
  const created = ({ metadata }: Job) => Date.parse(metadata.creationTimestamp ?? "") || 0;
  return jobs
    .filter(inNamespace(namespace))
    .filter(({ spec }) => selects({ matchLabels: labels }, spec?.template?.metadata?.labels))
    .sort((a, b) => created(b) - created(a))[0];
}
