/** A drain leaves somebody to answer. */

import { code } from "../engine/policy.js";
import { podTemplate } from "../engine/podspecs.js";

/**
 * @import { Policy } from "../engine/policy.js"
 * @import { KubeObject } from "../engine/normalise.js"
 * @import { Node } from "../engine/reader.js"
 */

/** @type {Policy} */
export const disruptionBudgets = {
  name: "disruption-budgets",
  title: "Drains leave a server running",
  description:
    "Deployments with several replicas have a disruption budget, and no budget forbids every drain.",
  severity: "medium",
  tags: ["workloads", "availability"],
  codes: {
    K14: code(
      "no disruption budget covers the pods",
      "A drain of two nodes may stop all replicas at once.",
      "Add a PodDisruptionBudget with maxUnavailable 1 and the pods' labels.",
      "mandatory",
      "off",
    ),
    K14a: code(
      "the budget allows no disruption at all",
      "The node can then never be drained.",
      "Use maxUnavailable 1.",
    ),
  },
  checkStack(resources, judge) {
    const objects = resources.flatMap((resource) => resource.objects);
    const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget");
    for (const { root } of budgets) {
      judge.when(
        "K14a",
        root.at("spec.maxUnavailable"),
        (node) => node.value === 0 || node.text() === "0%",
      );
      judge.when("K14a", root.at("spec.minAvailable"), (node) => node.text() === "100%");
    }
    for (const object of objects) {
      if (object.kind !== "Deployment" || (object.root.at("spec.replicas").number() ?? 1) < 2)
        continue;
      if (!budgets.some((budget) => covers(budget, object))) judge.report("K14", object.root);
    }
  },
};

/** @param {KubeObject} budget @param {KubeObject} object */
function covers(budget, object) {
  if (budget.namespace !== object.namespace) return false;
  const selector = budget.root.at("spec.selector.matchLabels");
  const labels = podTemplate(object)?.metadata.get("labels");
  return (
    labels !== undefined && selector.entries().every(([key, node]) => same(labels.get(key), node))
  );
}

/** What is not known yet may be the same. @param {Node} left @param {Node} right */
function same(left, right) {
  return left.unknown || right.unknown || left.value === right.value;
}
