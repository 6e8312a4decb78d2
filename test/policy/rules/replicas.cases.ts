import { replicas } from "../../../policy/rules/replicas.ts";
import { GATEWAY_RELEASE, ISTIOD } from "../support/fixtures/releases.ts";
import { CONTAINER, DEPLOYMENT, PATCH, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(replicas, {
  deployment: DEPLOYMENT,
  gateway: GATEWAY_RELEASE,
  istiod: ISTIOD,
})
  .good("one that only watches", "deployment", {
    "spec replicas": 1,
    [`${CONTAINER} ports`]: undefined,
  })
  .good("a patch", "deployment", { "@type": PATCH, "spec replicas": 1 })
  .good("another kind", "deployment", {
    "@type": "kubernetes:apps/v1:DaemonSet",
    "spec replicas": undefined,
  })
  .good("pods that avoid each other", "deployment", {
    [`${POD} topologySpreadConstraints`]: undefined,
    [`${POD} affinity`]: { podAntiAffinity: {} },
  })
  .bad(
    "one replica",
    "deployment",
    { "spec replicas": 1 },
    'K13 Deployment "shlink/shlink", spec.replicas: the server runs once.',
  )
  .bad(
    "the default number",
    "deployment",
    { "spec replicas": undefined },
    'K13 Deployment "shlink/shlink", spec.replicas: the server runs once.',
  )
  .bad(
    "a gap in every rollout",
    "deployment",
    { "spec strategy type": "Recreate" },
    'K13a Deployment "shlink/shlink", spec.strategy.type: the rollout stops all pods before it starts new ones.',
  )
  .bad(
    "all on one node",
    "deployment",
    { [`${POD} topologySpreadConstraints`]: undefined },
    'K15 Deployment "shlink/shlink", spec.template.spec: the pods may all land on one node.',
  )
  .bad(
    "one gateway",
    "gateway",
    { "values autoscaling minReplicas": 1 },
    'K13 Helm release "gateway-system/gateway" (chart gateway), values.autoscaling.minReplicas: the server runs once.',
  )
  .bad(
    "istiod's default number",
    "istiod",
    { "values autoscaleMin": undefined },
    'K13 Helm release "istiod-system/istiod" (chart istiod), values.autoscaleMin: the server runs once.',
  )
  .unknown(
    "replicas that are an output",
    "deployment",
    { "spec replicas": UNKNOWN },
    "spec.replicas",
  );
