/** One lost pod is no outage. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";

const CHARTS: Record<string, { path: string; default: number }> = {
  istiod: { path: "autoscaleMin", default: 1 },
  gateway: { path: "autoscaling.minReplicas", default: 1 },
};

export const replicas: Policy = {
  name: "replicas",
  title: "Servers run more than once",
  description: "Deployments that serve traffic run at least two replicas and roll without a gap.",
  severity: "high",
  tags: ["workloads", "availability"],
  checks: {
    K13: check(
      "the server runs once",
      "Every rollout, drain or crash is then an outage.",
      "Set the stack's replicas to 2 or more.",
      "mandatory",
      "off",
    ),
    K13a: check(
      "the rollout stops all pods before it starts new ones",
      "Nothing answers in between.",
      "Use RollingUpdate with maxUnavailable 0.",
      "mandatory",
      "off",
    ),
    K15: check(
      "the pods may all land on one node",
      "Replicas on one node fall together.",
      "Add topologySpreadConstraints or anti-affinity.",
      "advisory",
      "off",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, root, patch, group } of resource.objects) {
      if (kind !== "Deployment" || group !== "apps" || patch) continue;
      const pod = root.at("spec.template.spec");
      // What listens serves; a controller that only watches is fine alone.
      if (
        !pod
          .get("containers")
          .items()
          .some((container) => container.get("ports").items().length > 0)
      )
        continue;
      judge.when("K13", root.at("spec.replicas"), (node) => (node.number() ?? 1) < 2);
      judge.when("K13a", root.at("spec.strategy.type"), (node) => node.text() === "Recreate");
      const spread =
        pod.get("topologySpreadConstraints").items().length > 0 ||
        !pod.at("affinity.podAntiAffinity").absent;
      if (!spread) judge.report("K15", pod);
    }
    const trap = CHARTS[resource.release?.chart ?? ""];
    if (resource.release === undefined || trap === undefined) return;
    judge.when(
      "K13",
      resource.release.values.at(trap.path),
      (node) => (node.number() ?? trap.default) < 2,
    );
  },
};
