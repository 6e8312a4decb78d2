/** Pods are not open to the whole cluster. */

import { check } from "../engine/policy.ts";
import { podTemplates } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";

export const networkPolicies: Policy = {
  name: "network-policies",
  title: "Namespaces are closed by default",
  description:
    "Namespaces with servers have a NetworkPolicy, and no NetworkPolicy lets everybody in.",
  severity: "medium",
  tags: ["network"],
  checks: {
    K16: check(
      "no NetworkPolicy selects the pods of the namespace",
      "Any pod of the cluster can open a connection to them; only the mesh then stands in between.",
      "Add a NetworkPolicy that lets in the gateway and the operators.",
      "advisory",
      "off",
    ),
    K16a: check(
      "the NetworkPolicy lets everybody in",
      "It looks like protection and is none.",
      "Name the pods or namespaces in from.",
    ),
  },
  checkStack(resources, judge) {
    const policies = resources
      .flatMap((resource) => resource.objects)
      .filter(({ kind, group }) => kind === "NetworkPolicy" && group === "networking.k8s.io");
    for (const { root } of policies) {
      for (const rule of root.at("spec.ingress").items()) {
        judge.when("K16a", rule, (node) => node.isMap && node.entries().length === 0);
      }
    }
    const closed = new Set(policies.map(({ namespace }) => namespace));
    for (const { kind, owner } of resources.flatMap(podTemplates)) {
      if (["Deployment", "StatefulSet"].includes(kind) && !closed.has(owner.namespace))
        judge.report("K16", owner.root);
    }
  },
};
