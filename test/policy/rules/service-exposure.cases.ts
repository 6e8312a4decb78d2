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
  .good("service", {
    "inside the cluster": { "spec type": "ClusterIP" },
    "a Service of another API": {
      "@type": "kubernetes:serving.knative.dev/v1:Service",
      "spec type": "NodePort",
    },
  })
  .good("gateway", { "a gateway inside the cluster": { "values service": { type: "ClusterIP" } } })
  .bad(
    "service",
    'K19 Service "shlink/shlink", spec.type: the Service is reachable from outside the cluster.',
    {
      "a load balancer": { "spec type": "LoadBalancer" },
      "a port on every node": { "spec type": "NodePort" },
    },
  )
  .bad(
    "service",
    'K19a Service "shlink/shlink", spec.type: the Service points to a name or address outside.',
    { "an outside name": { "spec type": "ExternalName" } },
  )
  .bad(
    "service",
    'K19a Service "shlink/shlink", spec.externalIPs: the Service points to a name or address outside.',
    { "an outside address": { "spec externalIPs": ["192.0.2.1"] } },
  )
  .bad(
    "gateway",
    'I27 Helm release "gateway-system/gateway" (chart gateway), values.service.loadBalancerSourceRanges: the public gateway takes any source address.',
    {
      "a gateway for everybody": { "values service loadBalancerSourceRanges": undefined },
      "a gateway with the chart's default": { "values service": undefined },
    },
  )
  .bad(
    "gateway",
    'I27a Helm release "gateway-system/gateway" (chart gateway), values.service.type: the gateway\'s Service opens a port on every node.',
    { "a gateway on every node": { "values service": { type: "NodePort" } } },
  )
  .unknown("service", "spec.type", { "a type that is an output": { "spec type": UNKNOWN } });
