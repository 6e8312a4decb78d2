import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Marks what belongs to this program; `Cluster.verify` refuses a namespace of the same name without it. */
export const ownershipLabel = { "app.kubernetes.io/part-of": "shlink-platform" };

/** Every namespace of the platform, with what is particular to it. */
const labels = {
  "istio-system": {},
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

export const namespaceNames = Object.keys(labels) as NamespaceName[];

/** The platform's namespaces. They are deleted last, and take their volumes with them. */
export class Namespaces extends pulumi.ComponentResource {
  /** Names by name: using one makes a resource wait for its namespace. */
  readonly names: Record<NamespaceName, pulumi.Output<string>>;

  constructor(name: string, { cni }: NamespacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:Namespaces", name, {}, opts);
    const entries = namespaceNames.map(
      (namespace) => [namespace, this.#create(namespace, cni)] as const,
    );
    this.names = Object.fromEntries(entries) as Record<NamespaceName, pulumi.Output<string>>;
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
 * `restricted`, except where traffic is redirected, by the plugin's own pods on the node, or without it by a
 * container in each of Shlink's pods: there nothing is enforced, and warnings say what would be refused.
 */
export function podSecurityLabels(namespace: NamespaceName, cni: boolean): Record<string, string> {
  const redirecting = namespace === (cni ? "istio-system" : "shlink");
  return redirecting ? watched : restricted;
}
