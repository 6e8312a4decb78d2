import { meshInjection } from "../../../policy/rules/mesh-injection.ts";
import { DEPLOYMENT, JOB } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const META = "spec template metadata";

export const suite = new Cases(meshInjection, { deployment: DEPLOYMENT, job: JOB })
  .good("the sidecar asked for", "deployment", {
    [`${META} labels`]: { "sidecar.istio.io/inject": "true" },
  })
  .good("an empty list of excluded ports", "deployment", {
    [`${META} annotations`]: { "traffic.sidecar.istio.io/excludeInboundPorts": "" },
  })
  .bad(
    "the sidecar refused by a label",
    "deployment",
    { [`${META} labels`]: { "sidecar.istio.io/inject": "false" } },
    'I21 Deployment "shlink/shlink", spec.template.metadata.labels["sidecar.istio.io/inject"]: the sidecar is left out or traffic passes around it.',
  )
  .bad(
    "the sidecar refused by an annotation",
    "deployment",
    { [`${META} annotations`]: { "sidecar.istio.io/inject": "false" } },
    'I21 Deployment "shlink/shlink", spec.template.metadata.annotations["sidecar.istio.io/inject"]: the sidecar is left out or traffic passes around it.',
  )
  .bad(
    "a port that bypasses it",
    "deployment",
    {
      [`${META} annotations`]: { "traffic.sidecar.istio.io/excludeOutboundPorts": "5432" },
    },
    'I21 Deployment "shlink/shlink", spec.template.metadata.annotations["traffic.sidecar.istio.io/excludeOutboundPorts"]: the sidecar is left out or traffic passes around it.',
  )
  .bad(
    "the sidecar's user",
    "deployment",
    { "spec template spec securityContext runAsUser": 1337 },
    'I22 Deployment "shlink/shlink", spec.template.spec.securityContext.runAsUser: the container runs as the sidecar\'s user.',
  )
  .bad(
    "the sidecar's user in a Job",
    "job",
    { "spec template spec containers 0 securityContext runAsUser": 1337 },
    'I22 Job "shlink/migration", spec.template.spec.containers[0].securityContext.runAsUser: the container runs as the sidecar\'s user.',
  )
  .unknown(
    "a label that is an output",
    "deployment",
    { [`${META} labels`]: { "sidecar.istio.io/inject": UNKNOWN } },
    'spec.template.metadata.labels["sidecar.istio.io/inject"]',
  );
