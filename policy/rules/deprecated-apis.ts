/** API versions that the next cluster will still know. */

import { check } from "../engine/policy.ts";
import type { Policy } from "../engine/policy.ts";

const REMOVED: Record<string, string> = {
  "extensions/v1beta1": "networking.k8s.io/v1",
  "networking.k8s.io/v1beta1": "networking.k8s.io/v1",
  "policy/v1beta1": "policy/v1",
  "batch/v1beta1": "batch/v1",
  "autoscaling/v2beta1": "autoscaling/v2",
  "autoscaling/v2beta2": "autoscaling/v2",
  "rbac.authorization.k8s.io/v1beta1": "rbac.authorization.k8s.io/v1",
  "apps/v1beta1": "apps/v1",
  "apps/v1beta2": "apps/v1",
  "apiextensions.k8s.io/v1beta1": "apiextensions.k8s.io/v1",
  "admissionregistration.k8s.io/v1beta1": "admissionregistration.k8s.io/v1",
};
/** Kinds whose beta is young: Kubernetes 1.34 and 1.35 have no other version of them. */
const YOUNG = new Set(["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]);
const OLD_ISTIO = /^(networking|security|telemetry)\.istio\.io$/;
const ONLY_ALPHA = new Set(["EnvoyFilter"]);

export const deprecatedApis: Policy = {
  name: "deprecated-apis",
  title: "API versions are current",
  description: "No object uses an API version that Kubernetes or Istio has removed or will.",
  severity: "medium",
  tags: ["kubernetes", "istio"],
  checks: {
    K22: check(
      "the API version is removed from current clusters",
      "The API server refuses it.",
      "Use the stable version of the same API.",
    ),
    I26: check(
      "the object uses an old version of Istio's API",
      "Istio serves v1 since 1.22 and will drop the old versions.",
      "Use v1.",
      "advisory",
    ),
  },
  checkResource(resource, judge) {
    for (const { group, version, kind, root } of resource.objects) {
      const stable = YOUNG.has(kind) ? undefined : REMOVED[`${group}/${version}`];
      const place = root.get("apiVersion");
      if (stable !== undefined)
        judge.report(
          "K22",
          place,
          `the API version is removed from current clusters; ${stable} took its place`,
        );
      const old = OLD_ISTIO.test(group) && version !== "v1" && !ONLY_ALPHA.has(kind);
      if (old) judge.report("I26", place);
    }
  },
};
