/** Pods are not open to the whole cluster. */

import { check } from "../engine/policy.ts";
import { podTemplates } from "../engine/podspecs.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Policy } from "../engine/policy.ts";

export const networkPolicies: Policy = {
  name: "network-policies",
  title: "Namespaces are closed by default",
  description:
    "Namespaces with servers have a NetworkPolicy, or Cilium's, and none lets everybody in.",
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
    const objects = resources.flatMap((resource) => resource.objects);
    const standard = ofKind(objects, "NetworkPolicy", "networking.k8s.io");
    const cilium = ofKind(objects, "CiliumNetworkPolicy", "cilium.io");
    for (const rule of standard.flatMap(incoming))
      judge.when("K16a", rule, (node) => node.isMap && node.entries().length === 0);
    for (const entity of cilium
      .flatMap(incoming)
      .flatMap((rule) => rule.get("fromEntities").items()))
      judge.when("K16a", entity, (node) => ["all", "cluster"].includes(node.text()));
    const closed = new Set([...standard, ...cilium].map(({ namespace }) => namespace));
    for (const { kind, owner } of resources.flatMap(podTemplates)) {
      if (["Deployment", "StatefulSet"].includes(kind) && !closed.has(owner.namespace))
        judge.report("K16", owner.root);
    }
  },
};

const ofKind = (objects: KubeObject[], wanted: string, of: string) =>
  objects.filter(({ kind, group }) => kind === wanted && group === of);

const incoming = ({ root }: KubeObject) => root.at("spec.ingress").items();
