/** Objects live in namespaces that are ours. */

import { check } from "../engine/policy.ts";
import { podTemplate } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";

const SHARED = new Set(["default", "kube-system", "kube-public", "kube-node-lease"]);
const NAMESPACED = new Set([
  "Service",
  "ConfigMap",
  "Secret",
  "Gateway",
  "VirtualService",
  "Ingress",
  "PersistentVolumeClaim",
]);

export const namespaceUse: Policy = {
  name: "namespace-use",
  title: "Nothing lives in a shared namespace",
  description:
    "Workloads and their objects name a namespace, and not one that belongs to Kubernetes.",
  severity: "medium",
  tags: ["kubernetes"],
  checks: {
    K17: check(
      "the object lives in a namespace that is not ours",
      "Its policies and quotas are somebody else's, and destroy leaves things behind.",
      "Pass one of the namespaces that the program creates.",
    ),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      const { kind, root, patch, direct } = object;
      const namespaced = NAMESPACED.has(kind) || podTemplate(object) !== undefined;
      if (namespaced && direct && !patch) {
        judge.when(
          "K17",
          root.at("metadata.namespace"),
          (node) => node.absent || SHARED.has(node.text()),
        );
      }
    }
    if (resource.release === undefined) return;
    judge.when(
      "K17",
      resource.release.props.get("namespace"),
      (node) => node.absent || SHARED.has(node.text()),
    );
  },
};
