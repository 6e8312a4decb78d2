/** Workloads do not slip out of the mesh. */

import { code } from "../engine/policy.js";
import { containers, podTemplates } from "../engine/podspecs.js";

/**
 * @import { Policy, Judge } from "../engine/policy.js"
 * @import { Node } from "../engine/reader.js"
 */

const INJECT = "sidecar.istio.io/inject";
const BYPASS = [
  "traffic.sidecar.istio.io/excludeInboundPorts",
  "traffic.sidecar.istio.io/excludeOutboundPorts",
  "traffic.sidecar.istio.io/excludeOutboundIPRanges",
];
/** The sidecar's own user: its traffic is not redirected. */
const PROXY_USER = 1337;

/** @type {Policy} */
export const meshInjection = {
  name: "mesh-injection",
  title: "Workloads stay in the mesh",
  description: "Servers keep their sidecar and let no traffic pass around it.",
  severity: "high",
  tags: ["istio", "workloads"],
  limits: "Jobs may do without a sidecar, because it would keep them from ending.",
  codes: {
    I21: code(
      "the sidecar is left out or traffic passes around it",
      "Mutual TLS and authorization are the sidecar's work.",
      "Remove the label or annotation; an operator that must stay outside gets an exemption.",
    ),
    I22: code(
      "the container runs as the sidecar's user",
      "Traffic of user 1337 is not redirected through the sidecar.",
      "Run as another user.",
    ),
  },
  check(resource, judge) {
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

/** @param {Node} metadata @param {Judge} judge */
function outside(metadata, judge) {
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
