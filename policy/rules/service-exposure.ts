/** Only the gateway is reachable from outside. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

export const serviceExposure: Policy = {
  name: "service-exposure",
  title: "One way in",
  description: "No Service but the ingress gateway's is reachable from outside the cluster.",
  severity: "high",
  tags: ["network", "exposure"],
  checks: {
    K19: check(
      "the Service is reachable from outside the cluster",
      "It goes past the gateway with its TLS, its host names and its limits.",
      "Use ClusterIP and route through the gateway.",
    ),
    K19a: check(
      "the Service points to a name or address outside",
      "Whoever may change it redirects the platform's traffic.",
      "Use a ServiceEntry.",
    ),
    I27: check(
      "the public gateway takes any source address",
      "That is right for a public shortener; say so by an exemption, or list the networks.",
      "Set service.loadBalancerSourceRanges.",
      "advisory",
      "off",
    ),
    I27a: check(
      "the gateway's Service opens a port on every node",
      "The node's addresses then answer without the load balancer's protection.",
      "Use LoadBalancer or ClusterIP in prod.",
      "mandatory",
      "off",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, root, group } of resource.objects) {
      if (kind !== "Service" || group !== "") continue;
      const spec = root.get("spec");
      judge.when("K19", spec.get("type"), (node) =>
        ["LoadBalancer", "NodePort"].includes(node.text()),
      );
      judge.when("K19a", spec.get("type"), (node) => node.text() === "ExternalName");
      judge.when("K19a", spec.get("externalIPs"), (node) => node.items().length > 0);
    }
    if (resource.release?.chart === "gateway")
      gateway(resource.release.values.get("service"), judge);
  },
};

function gateway(service: Cursor, judge: Judge) {
  judge.when("I27a", service.get("type"), (node) => node.text() === "NodePort");
  // The chart's default is LoadBalancer.
  const balanced = service.get("type").absent || service.get("type").text() === "LoadBalancer";
  const ranges = service.get("loadBalancerSourceRanges");
  if (balanced) judge.when("I27", ranges, () => ranges.items().length === 0);
}
