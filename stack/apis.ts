import type { DemandedApi } from "../effects/survey.ts";
import { isOutside } from "../platform/stores.ts";
import type { Settings } from "../settings/index.ts";
import { installed } from "../components/observability/arguments.ts";
import { existingApis } from "./parts.ts";

/** APIs that not every cluster serves. */
export function apisOf(settings: Settings): DemandedApi[] {
  const { admissionPolicies, cluster, observability, redis, routing, shlink } = settings;
  const admission = "admissionregistration.k8s.io";
  const { mutatingAdmission: version } = cluster;
  return [
    ...existingApis(settings),
    // The policy keeps the password out of what the operator of Redis writes.
    version !== "none" &&
      !isOutside(redis) && {
        version: `${admission}/${version}`,
        resource: "mutatingadmissionpolicies",
        remedy:
          "correct cluster.mutatingAdmission (v1 from Kubernetes 1.36 on, v1beta1 in 1.34 and 1.35 behind a feature gate, or none)",
      },
    admissionPolicies && {
      version: `${admission}/v1`,
      resource: "validatingadmissionpolicies",
      remedy: "set admissionPolicies to false, or use Kubernetes 1.30 or newer",
    },
    routing.tls.mode === "certManager" && {
      version: "cert-manager.io/v1",
      resource: "certificates",
      remedy: "install cert-manager, or choose another routing.tls.mode",
    },
    monitoringOf(observability),
    shlink.autoscaling.mode === "cpu" && {
      version: "metrics.k8s.io/v1beta1",
      resource: "pods",
      remedy: "install metrics-server, or set shlink.autoscaling.mode to none",
    },
    cluster.networkPolicies === "cilium" && {
      version: "cilium.io/v2",
      resource: "ciliumnetworkpolicies",
      remedy: "install Cilium, or set cluster.networkPolicies to standard",
    },
  ].filter((api) => api !== false && api !== undefined);
}

/** Prometheus as a chart brings the definitions of monitors itself. */
const monitoringOf = (observability: Settings["observability"]) =>
  observability.mode === "monitors" &&
  !installed(observability).includes("prometheus") && {
    version: "monitoring.coreos.com/v1",
    resource: "podmonitors",
    remedy: "install the Prometheus operator's definitions, or set observability.mode to none",
  };
