/** Traffic reaches only pods that can answer. */

import { code } from "../engine/policy.js";
import { podTemplates } from "../engine/podspecs.js";

/** @import { Policy } from "../engine/policy.js" */

const SERVERS = new Set(["Deployment", "StatefulSet", "DaemonSet", "Rollout"]);

/** @type {Policy} */
export const containerProbes = {
  name: "container-probes",
  title: "Servers are probed",
  description:
    "Containers that listen have a readiness probe, and no liveness probe that depends on others.",
  severity: "medium",
  tags: ["workloads"],
  codes: {
    K06: code(
      "the container listens but has no readiness probe",
      "It gets traffic before it can answer, at every rollout.",
      "Add a readinessProbe on its health path.",
    ),
    K06a: code(
      "the liveness probe asks Shlink's health endpoint, which asks the database",
      "A database that is away for a minute then restarts every server.",
      "Use a TCP probe for liveness and keep /rest/health for readiness.",
    ),
  },
  check(resource, judge) {
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
