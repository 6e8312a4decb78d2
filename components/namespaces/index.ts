import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Marks what belongs to this program; `Cluster.verify` refuses a namespace of the same name without it. */
export const ownershipLabel = { "app.kubernetes.io/part-of": "shlink-platform" };

/** Every namespace of the platform, with what is particular to it. */
const labels = {
  "istio-system": {},
  "istio-cni": {},
  "istio-ingress": {},
  vault: {},
  "external-secrets": {},
  "postgres-operator": {},
  postgres: {},
  "redis-operator": {},
  redis: {},
  shlink: { "istio-injection": "enabled" },
  platform: {},
};

export interface NamespacesArgs {
  /** Whether Istio's CNI plugin redirects the traffic of pods with a sidecar. */
  cni: boolean;
}

export type NamespaceName = keyof typeof labels;

/** The namespaces of a stack: the node agent's is there only with the agent. */
export const namespaceNames = (cni: boolean) =>
  (Object.keys(labels) as NamespaceName[]).filter((name) => cni || name !== agentNamespace);

const agentNamespace = "istio-cni";

/** Names by name: using one makes a resource wait for its namespace. */
export type NamespaceOutputs = Record<
  Exclude<NamespaceName, typeof agentNamespace>,
  pulumi.Output<string>
> &
  Partial<Record<typeof agentNamespace, pulumi.Output<string>>>;

/** The platform's namespaces. They are deleted last, and take their volumes with them. */
export class Namespaces extends pulumi.ComponentResource {
  readonly names: NamespaceOutputs;

  constructor(name: string, { cni }: NamespacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:Namespaces", name, {}, opts);
    const entries = namespaceNames(cni).map(
      (namespace) => [namespace, this.#create(namespace, cni)] as const,
    );
    this.names = Object.fromEntries(entries) as NamespaceOutputs;
    this.registerOutputs({ names: this.names });
  }

  #create(namespace: NamespaceName, cni: boolean): pulumi.Output<string> {
    const metadata = {
      name: namespace,
      labels: { ...ownershipLabel, ...podSecurityLabels(namespace, cni), ...labels[namespace] },
    };
    return new k8s.core.v1.Namespace(namespace, { metadata }, { parent: this }).metadata.name;
  }
}

const label = "pod-security.kubernetes.io";
const watched = { [`${label}/warn`]: "restricted", [`${label}/audit`]: "restricted" };
/** Pods of such a namespace meet Pod Security `restricted`, or are not made. */
export const restricted = { ...watched, [`${label}/enforce`]: "restricted" };

/**
 * `restricted`, with two exceptions. The node agent's own namespace lets its pods, and nobody else's, change the
 * node. Without the agent a container in each of Shlink's pods redirects traffic: there nothing is enforced,
 * and warnings say what would be refused.
 */
export function podSecurityLabels(namespace: NamespaceName, cni: boolean): Record<string, string> {
  if (namespace === agentNamespace) return { [`${label}/enforce`]: "privileged" };
  return namespace === "shlink" && !cni ? watched : restricted;
}
