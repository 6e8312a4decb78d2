import { meshInjection } from "../../../policy/rules/mesh-injection.ts";
import { DEPLOYMENT, JOB } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const META = "spec template metadata";

export const suite = new Cases(meshInjection, { deployment: DEPLOYMENT, job: JOB })
  .good("deployment", {
    "the sidecar asked for": { [`${META} labels`]: { "sidecar.istio.io/inject": "true" } },
    "an empty list of excluded ports": {
      [`${META} annotations`]: { "traffic.sidecar.istio.io/excludeInboundPorts": "" },
    },
  })
  .bad(
    "deployment",
    'I21 Deployment "shlink/shlink", spec.template.metadata.labels["sidecar.istio.io/inject"]: the sidecar is left out or traffic passes around it.',
    {
      "the sidecar refused by a label": {
        [`${META} labels`]: { "sidecar.istio.io/inject": "false" },
      },
    },
  )
  .bad(
    "deployment",
    'I21 Deployment "shlink/shlink", spec.template.metadata.annotations["sidecar.istio.io/inject"]: the sidecar is left out or traffic passes around it.',
    {
      "the sidecar refused by an annotation": {
        [`${META} annotations`]: { "sidecar.istio.io/inject": "false" },
      },
    },
  )
  .bad(
    "deployment",
    'I21 Deployment "shlink/shlink", spec.template.metadata.annotations["traffic.sidecar.istio.io/excludeOutboundPorts"]: the sidecar is left out or traffic passes around it.',
    {
      "a port that bypasses it": {
        [`${META} annotations`]: { "traffic.sidecar.istio.io/excludeOutboundPorts": "5432" },
      },
    },
  )
  .bad(
    "deployment",
    'I22 Deployment "shlink/shlink", spec.template.spec.securityContext.runAsUser: the container runs as the sidecar\'s user.',
    { "the sidecar's user": { "spec template spec securityContext runAsUser": 1337 } },
  )
  .bad(
    "job",
    'I22 Job "shlink/migration", spec.template.spec.containers[0].securityContext.runAsUser: the container runs as the sidecar\'s user.',
    {
      "the sidecar's user in a Job": {
        "spec template spec containers 0 securityContext runAsUser": 1337,
      },
    },
  )
  .unknown("deployment", 'spec.template.metadata.labels["sidecar.istio.io/inject"]', {
    "a label that is an output": { [`${META} labels`]: { "sidecar.istio.io/inject": UNKNOWN } },
  });
