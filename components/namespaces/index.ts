import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceLabels, type NamespaceName, namespaceNames } from "../../platform/namespaces.ts";
import { token } from "../../platform/project.ts";

export interface NamespacesArgs {
  /** Whether a node agent of Istio redirects the traffic of pods with a sidecar. */
  cni: boolean;
  /** Revision of the mesh that Shlink's pods are in. Default: the mesh's own. */
  revision: string | undefined;
  /** Namespaces of parts that the cluster has already. */
  others: NamespaceName[];
  /** Whether Pulumi refuses to delete the namespaces that hold data. */
  protect: boolean;
}

/** PostgreSQL's volumes; Vault's, with the Secret of its unseal keys. */
const holdData: NamespaceName[] = ["vault", "postgres"];

/** Namespaces by their names: whoever uses one waits for it, and cannot be given another. */
export type NamespacesOf<Name extends NamespaceName> = { [Each in Name]: pulumi.Input<Each> };
/** Namespaces that a stack may do without: the node agent's, and those of what the cluster has already. */
type Optional =
  | "vault"
  | "istio-system"
  | "istio-cni"
  | "istio-ingress"
  | "external-secrets"
  | "postgres-operator"
  | "redis-operator"
  | "redis";
type NamespaceOutputs = { [Each in Exclude<NamespaceName, Optional>]: pulumi.Output<Each> } & {
  [Each in Optional]?: pulumi.Output<Each>;
};

/**
 * The namespaces that a component cannot do without.
 * @throws Error when the stack does not have one, because what is in it is left to others.
 */
export function having<Name extends NamespaceName>(
  names: Partial<NamespacesOf<Name>>,
  ...wanted: Name[]
): NamespacesOf<Name> {
  const missing = wanted.filter((name) => names[name] === undefined);
  if (missing.length > 0) throw new Error(`this stack has no namespace ${missing.join(", ")}`);
  return names as NamespacesOf<Name>;
}

/** The platform's namespaces. They are deleted last, and take their volumes with them. */
export class Namespaces extends pulumi.ComponentResource {
  readonly names: NamespaceOutputs;

  constructor(name: string, args: NamespacesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Namespaces"), name, {}, opts);
    const entries = namespaceNames(args.cni, args.others).map(
      (namespace) => [namespace, this.#create(namespace, args)] as const,
    );
    this.names = Object.fromEntries(entries) as NamespaceOutputs;
    this.registerOutputs({ names: this.names });
  }

  #create(namespace: NamespaceName, args: NamespacesArgs): pulumi.Output<string> {
    const { cni, protect, revision } = args;
    const metadata = { name: namespace, labels: namespaceLabels(namespace, cni, revision) };
    const opts = { parent: this, protect: protect && holdData.includes(namespace) };
    return new k8s.core.v1.Namespace(namespace, { metadata }, opts).metadata.name;
  }
}
