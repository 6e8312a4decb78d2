import { ownershipLabel } from "./project.ts";

/** Every namespace of the platform. */
const namespaces = [
  "istio-system",
  "istio-cni",
  "istio-ingress",
  "vault",
  "external-secrets",
  "postgres-operator",
  "postgres",
  "redis-operator",
  "redis",
  "shlink",
  "platform",
] as const;

export type NamespaceName = (typeof namespaces)[number];

const agentNamespace = "istio-cni";

/**
 * The namespaces of a stack: the node agent's exists only where the mesh has an agent, and those of what the cluster has
 * already are `others`.
 */
export const namespaceNames = (cni: boolean, others: NamespaceName[] = []) =>
  namespaces.filter((name) => !others.includes(name) && (cni || name !== agentNamespace));

const podSecurity = "pod-security.kubernetes.io";
const warning = { [`${podSecurity}/warn`]: "restricted", [`${podSecurity}/audit`]: "restricted" };
/** Pods of such a namespace meet Pod Security `restricted`, or are not made. */
export const restrictedNamespace = { ...warning, [`${podSecurity}/enforce`]: "restricted" };

/**
 * `restricted`, with two exceptions. The node agent's own namespace lets its pods, and nobody else's, change the
 * node. Without the agent a container in each of Shlink's pods redirects traffic: there nothing is enforced,
 * and warnings say what would be refused.
 */
export function podSecurityLabels(namespace: NamespaceName, cni: boolean): Record<string, string> {
  if (namespace === agentNamespace) return { [`${podSecurity}/enforce`]: "privileged" };
  return namespace === "shlink" && !cni ? warning : restrictedNamespace;
}

/** The label by which pods get a sidecar of a revision; without one of the mesh's default. */
const injection = (revision: string | undefined): Record<string, string> =>
  revision === undefined ? { "istio-injection": "enabled" } : { "istio.io/rev": revision };

/** All labels of a namespace. */
export const namespaceLabels = (
  namespace: NamespaceName,
  cni: boolean,
  revision?: string,
): Record<string, string> => ({
  ...ownershipLabel,
  ...podSecurityLabels(namespace, cni),
  ...(namespace === "shlink" ? injection(revision) : {}),
});
