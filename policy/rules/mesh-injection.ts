/** Workloads do not slip out of the mesh. */

import { check } from "../engine/policy.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const INJECT = "sidecar.istio.io/inject";
const BYPASS = [
  "traffic.sidecar.istio.io/excludeInboundPorts",
  "traffic.sidecar.istio.io/excludeOutboundPorts",
  "traffic.sidecar.istio.io/excludeOutboundIPRanges",
];
/** The sidecar's own user: its traffic is not redirected. */
const PROXY_USER = 1337;

export const meshInjection: Policy = {
  name: "mesh-injection",
  title: "Workloads stay in the mesh",
  description: "Servers keep their sidecar and let no traffic pass around it.",
  severity: "high",
  tags: ["istio", "workloads"],
  limits: "Jobs may do without a sidecar, because it would keep them from ending.",
  checks: {
    I21: check(
      "the sidecar is left out or traffic passes around it",
      "Mutual TLS and authorization are the sidecar's work.",
      "Remove the label or annotation; an operator that must stay outside gets an exemption.",
    ),
    I22: check(
      "the container runs as the sidecar's user",
      "Traffic of user 1337 is not redirected through the sidecar.",
      "Run as another user.",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, metadata, spec } of podTemplates(resource)) {
      if (kind !== "Job" && kind !== "CronJob") outside(metadata, judge);
      for (const holder of [spec, ...containers(spec)]) {
        judge.when(
          "I22",
          holder.at("securityContext.runAsUser"),
          (node) => node.value === PROXY_USER,
        );
      }
    }
  },
};

function outside(metadata: Cursor, judge: Judge) {
  for (const field of ["labels", "annotations"]) {
    judge.when("I21", metadata.get(field).get(INJECT), (node) => node.isFalse());
  }
  for (const annotation of BYPASS) {
    judge.when(
      "I21",
      metadata.get("annotations").get(annotation),
      (node) => node.known && node.value !== "",
    );
  }
}
