/** Traffic reaches only pods that can answer. */

import { check } from "../engine/policy.ts";
import { podTemplates } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";

const SERVERS = new Set(["Deployment", "StatefulSet", "DaemonSet", "Rollout"]);

export const containerProbes: Policy = {
  name: "container-probes",
  title: "Servers are probed",
  description:
    "Containers that listen have a readiness probe, and no liveness probe that depends on others.",
  severity: "medium",
  tags: ["workloads"],
  checks: {
    K06: check(
      "the container listens but has no readiness probe",
      "It gets traffic before it can answer, at every rollout.",
      "Add a readinessProbe on its health path.",
    ),
    K06a: check(
      "the liveness probe asks Shlink's health endpoint, which asks the database",
      "A database that is away for a minute then restarts every server.",
      "Use a TCP probe for liveness and keep /rest/health for readiness.",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, spec, owner } of podTemplates(resource)) {
      if (!SERVERS.has(kind) || owner.patch) continue;
      for (const container of spec.get("containers").items()) {
        const listens = container.get("ports").items().length > 0;
        if (listens) judge.when("K06", container.get("readinessProbe"), (node) => node.absent);
        judge.when("K06a", container.at("livenessProbe.httpGet.path"), (node) =>
          /^\/rest(\/v\d+)?\/health/.test(node.text()),
        );
      }
    }
  },
};
