/** Every namespace says which pods it lets in. */

import { check } from "../engine/policy.ts";
import { podTemplates } from "../engine/podspecs.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject, Resource } from "../engine/normalise.ts";

/** Istio's node agent cannot do without privileges: it changes the network of the node's pods. */
const NODE_AGENT = "cni";

export const podSecurity: Policy = {
  name: "pod-security",
  title: "Namespaces let no privileged pods in",
  description:
    "Every namespace enforces Pod Security restricted or baseline, but for one with nothing but Istio's node agent.",
  severity: "high",
  tags: ["kubernetes", "workloads"],
  limits: "Pods that neither the stack nor a release of it makes are not seen.",
  checks: {
    K18: check(
      "the namespace lets privileged pods in",
      "Pod Security then stops nothing.",
      "Set pod-security.kubernetes.io/enforce to restricted or baseline.",
    ),
  },
  checkStack(resources, judge) {
    for (const object of resources.flatMap((resource) => resource.objects)) {
      if (object.kind === "Namespace" && object.group === "" && !object.patch)
        level(object, resources, judge);
    }
  },
};

function level({ name, root }: KubeObject, resources: Resource[], judge: Judge) {
  const enforce = root.at("metadata.labels").get("pod-security.kubernetes.io/enforce");
  judge.when("K18", enforce, (node) => {
    if (node.absent) return "the namespace enforces no Pod Security";
    if (node.text() === "privileged") return !agentOnly(name, resources);
    return !["restricted", "baseline"].includes(node.text());
  });
}

/** Whether all that makes pods in the namespace is the node agent's chart. */
function agentOnly(namespace: string, resources: Resource[]) {
  const releases = resources.flatMap(({ release }) =>
    release?.namespace === namespace ? [release.chart] : [],
  );
  const pods = resources.flatMap(podTemplates).some(({ owner }) => owner.namespace === namespace);
  return !pods && releases.length > 0 && releases.every((chart) => chart === NODE_AGENT);
}
