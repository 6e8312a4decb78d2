import { replicas } from "../../../policy/rules/replicas.ts";
import { GATEWAY_RELEASE, ISTIOD } from "../support/fixtures/releases.ts";
import { CONTAINER, DEPLOYMENT, PATCH, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(replicas, {
  deployment: DEPLOYMENT,
  gateway: GATEWAY_RELEASE,
  istiod: ISTIOD,
})
  .good("deployment", {
    "one that only watches": { "spec replicas": 1, [`${CONTAINER} ports`]: undefined },
    "a patch": { "@type": PATCH, "spec replicas": 1 },
    "another kind": { "@type": "kubernetes:apps/v1:DaemonSet", "spec replicas": undefined },
    "pods that avoid each other": {
      [`${POD} topologySpreadConstraints`]: undefined,
      [`${POD} affinity`]: { podAntiAffinity: {} },
    },
  })
  .bad("deployment", 'K13 Deployment "shlink/shlink", spec.replicas: the server runs once.', {
    "one replica": { "spec replicas": 1 },
    "the default number": { "spec replicas": undefined },
  })
  .bad(
    "deployment",
    'K13a Deployment "shlink/shlink", spec.strategy.type: the rollout stops all pods before it starts new ones.',
    { "a gap in every rollout": { "spec strategy type": "Recreate" } },
  )
  .bad(
    "deployment",
    'K15 Deployment "shlink/shlink", spec.template.spec: the pods may all land on one node.',
    { "all on one node": { [`${POD} topologySpreadConstraints`]: undefined } },
  )
  .bad(
    "gateway",
    'K13 Helm release "gateway-system/gateway" (chart gateway), values.autoscaling.minReplicas: the server runs once.',
    { "one gateway": { "values autoscaling minReplicas": 1 } },
  )
  .bad(
    "istiod",
    'K13 Helm release "istiod-system/istiod" (chart istiod), values.autoscaleMin: the server runs once.',
    { "istiod's default number": { "values autoscaleMin": undefined } },
  )
  .unknown("deployment", "spec.replicas", {
    "replicas that are an output": { "spec replicas": UNKNOWN },
  });
