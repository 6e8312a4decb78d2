import type { Right } from "./rights.ts";

/** `kubernetes:apps/v1:Deployment` is `deployments` of group `apps`. */
export function resourceOf(type: string): Right {
  const [, apiVersion = "", kind = ""] = type.split(":");
  const group = apiVersion.split("/")[0] ?? "";
  const plural = kind.toLowerCase().replace(/([^aeiou])y$/, "$1ie");
  return { group: group === "core" ? "" : group, resource: `${plural}s` };
}

const clusterScoped = [
  "clusterrolebindings",
  "clusterroles",
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "namespaces",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
];
export const isClusterScoped = ({ resource }: Right) => clusterScoped.includes(resource);

/** Every release has an account and something that runs. */
const usual = ["/serviceaccounts", "apps/deployments"];
const roles = ["rbac.authorization.k8s.io/roles", "rbac.authorization.k8s.io/rolebindings"];
const budget = "policy/poddisruptionbudgets";
const scaler = "autoscaling/horizontalpodautoscalers";

/** By release, the kinds that its chart makes in a namespace with production's values, read off the charts. */
export const chartKinds: Record<string, string[]> = {
  "external-secrets": [...usual, "/secrets", "/services", budget],
  "istio-base": ["/serviceaccounts"],
  "istio-cni": ["/configmaps", "/serviceaccounts", "apps/daemonsets"],
  "istio-ingressgateway": ["apps/deployments", "/services", ...roles, budget, scaler],
  istiod: [...usual, "/configmaps", "/services", ...roles, budget, scaler],
  janitor: ["/configmaps", "/serviceaccounts", "batch/jobs"],
  pgo: usual,
  "redis-operator": [...usual, "/services"],
  vault: ["/serviceaccounts", "/configmaps", "/services", "apps/statefulsets", ...roles, budget],
};

const right = (group: string, resource: string) => (name: string) => ({
  right: { group, resource },
  name,
});
const role = right("rbac.authorization.k8s.io", "clusterroles");
const binding = right("rbac.authorization.k8s.io", "clusterrolebindings");
const validating = right("admissionregistration.k8s.io", "validatingwebhookconfigurations");
const mutating = right("admissionregistration.k8s.io", "mutatingwebhookconfigurations");
const both = (name: string) => [role(name), binding(name)];

/** By release, the objects that its chart makes for the whole cluster, besides definitions. */
export const chartObjects: Record<string, ReturnType<typeof role>[]> = {
  "external-secrets": [validating("externalsecret-validate"), validating("secretstore-validate")],
  "istio-base": [validating("istiod-default-validator")],
  "istio-cni": [
    ...both("istio-cni"),
    role("istio-cni-repair-role"),
    binding("istio-cni-repair-rolebinding"),
  ],
  istiod: [
    ...both("istio-reader-clusterrole-istio-system"),
    ...both("istiod-clusterrole-istio-system"),
    ...both("istiod-gateway-controller-istio-system"),
    mutating("istio-sidecar-injector"),
    validating("istio-validator-istio-system"),
  ],
  janitor: both("platform-janitor"),
  // Newer charts may take the name that the role has in PGO's kustomization.
  pgo: [...both("pgo"), ...both("postgres-operator")],
  "redis-operator": both("redis-operator"),
  vault: [binding("vault-server-binding")],
};
