import * as pulumi from "@pulumi/pulumi";

/** Whom the workload's sidecar knows, and what becomes of calls to anybody else: they are refused unless any is allowed. */
export function egressSpec(
  selector: Record<string, string>,
  namespaces: pulumi.Input<string>[],
  anyHost: boolean,
) {
  return {
    workloadSelector: { labels: selector },
    egress: [{ hosts: namespaces.map((namespace) => pulumi.interpolate`${namespace}/*`) }],
    outboundTrafficPolicy: { mode: anyHost ? "ALLOW_ANY" : "REGISTRY_ONLY" },
  };
}
