import type { KubeObject } from "../lib/kube.ts";
import { clusterRole } from "../lib/objects.ts";
import { componentKubeconfig } from "./kubeconfig.ts";
import { clusterName, kubeRouterUser, serviceNetwork, type Layout } from "./layout.ts";

/** Routes and Services are others' task: this one only makes rules of network policies, in the namespace's netfilter. */
export const enforcerArguments = (layout: Layout) => [
  `--kubeconfig=${componentKubeconfig(layout, "kube-router")}`,
  `--hostname-override=${clusterName}`,
  `--service-cluster-ip-range=${serviceNetwork}`,
  "--run-firewall=true",
  "--run-router=false",
  "--run-service-proxy=false",
  "--enable-cni=false",
  "--health-port=0",
];

/** Lets the enforcer read what policies select. */
export function enforcerObjects(): KubeObject[] {
  const verbs = ["get", "list", "watch"];
  const rules = [
    { apiGroups: [""], resources: ["endpoints", "namespaces", "nodes", "pods", "services"], verbs },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs },
  ];
  const user = { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: kubeRouterUser };
  return clusterRole(kubeRouterUser, rules, user);
}
