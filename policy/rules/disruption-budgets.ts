/** A drain leaves somebody to answer. */

import { check } from "../engine/policy.ts";
import { podTemplate } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

export const disruptionBudgets: Policy = {
  name: "disruption-budgets",
  title: "Drains leave a server running",
  description:
    "Deployments with several replicas have a disruption budget, and no budget forbids every drain.",
  severity: "medium",
  tags: ["workloads", "availability"],
  checks: {
    K14: check(
      "no disruption budget covers the pods",
      "A drain of two nodes may stop all replicas at once.",
      "Add a PodDisruptionBudget with maxUnavailable 1 and the pods' labels.",
      "mandatory",
      "off",
    ),
    K14a: check(
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

function covers(budget: KubeObject, object: KubeObject) {
  if (budget.namespace !== object.namespace) return false;
  const selector = budget.root.at("spec.selector.matchLabels");
  const labels = podTemplate(object)?.metadata.get("labels");
  return (
    labels !== undefined && selector.entries().every(([key, node]) => same(labels.get(key), node))
  );
}

/** What is not known yet may be the same. */
function same(left: Cursor, right: Cursor) {
  return left.unknown || right.unknown || left.value === right.value;
}
