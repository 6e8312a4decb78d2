/** Containers say what they need, and cannot take the node down. */

import { check } from "../engine/policy.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";

export const containerResources: Policy = {
  name: "container-resources",
  title: "Containers request what they need",
  description: "Containers request CPU and memory and limit their memory.",
  severity: "medium",
  tags: ["workloads"],
  checks: {
    K04: check(
      "the container does not request CPU and memory",
      "The scheduler then puts it on a node that is already full.",
      "Set resources.requests; the stack's settings have them per component.",
    ),
    K04a: check(
      "the container's memory has no limit",
      "A leak takes the node's other pods down with it.",
      "Set resources.limits.memory.",
    ),
  },
  checkResource(resource, judge) {
    for (const { spec, owner } of podTemplates(resource)) {
      if (owner.patch) continue;
      for (const container of containers(spec)) {
        const given = container.get("resources");
        for (const key of ["cpu", "memory"]) {
          judge.when(
            "K04",
            given.get("requests").get(key),
            (node) => node.absent && given.get("limits").get(key).absent,
          );
        }
        judge.when("K04a", given.at("limits.memory"), (node) => node.absent);
      }
    }
  },
};
