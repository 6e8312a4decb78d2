import { serviceExposure } from "../../../policy/rules/service-exposure.ts";
import { GATEWAY_RELEASE, ISTIOD } from "../support/fixtures/releases.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const SERVICE: Fixture = {
  type: "kubernetes:core/v1:Service",
  name: "shlink",
  props: { metadata: { name: "shlink", namespace: "shlink" }, spec: { ports: [{ port: 8080 }] } },
};

export const suite = new Cases(serviceExposure, {
  service: SERVICE,
  gateway: GATEWAY_RELEASE,
  istiod: ISTIOD,
})
  .good("inside the cluster", "service", { "spec type": "ClusterIP" })
  .good("a gateway inside the cluster", "gateway", { "values service": { type: "ClusterIP" } })
  .good("a Service of another API", "service", {
    "@type": "kubernetes:serving.knative.dev/v1:Service",
    "spec type": "NodePort",
  })
  .bad(
    "a load balancer",
    "service",
    { "spec type": "LoadBalancer" },
    'K19 Service "shlink/shlink", spec.type: the Service is reachable from outside the cluster.',
  )
  .bad(
    "a port on every node",
    "service",
    { "spec type": "NodePort" },
    'K19 Service "shlink/shlink", spec.type: the Service is reachable from outside the cluster.',
  )
  .bad(
    "an outside name",
    "service",
    { "spec type": "ExternalName" },
    'K19a Service "shlink/shlink", spec.type: the Service points to a name or address outside.',
  )
  .bad(
    "an outside address",
    "service",
    { "spec externalIPs": ["192.0.2.1"] },
    'K19a Service "shlink/shlink", spec.externalIPs: the Service points to a name or address outside.',
  )
  .bad(
    "a gateway for everybody",
    "gateway",
    { "values service loadBalancerSourceRanges": undefined },
    'I27 Helm release "gateway-system/gateway" (chart gateway), values.service.loadBalancerSourceRanges: the public gateway takes any source address.',
  )
  .bad(
    "a gateway with the chart's default",
    "gateway",
    { "values service": undefined },
    'I27 Helm release "gateway-system/gateway" (chart gateway), values.service.loadBalancerSourceRanges: the public gateway takes any source address.',
  )
  .bad(
    "a gateway on every node",
    "gateway",
    { "values service": { type: "NodePort" } },
    'I27a Helm release "gateway-system/gateway" (chart gateway), values.service.type: the gateway\'s Service opens a port on every node.',
  )
  .unknown("a type that is an output", "service", { "spec type": UNKNOWN }, "spec.type");
