import { containerResources } from "../../../policy/rules/container-resources.ts";
import { CONTAINER, DEPLOYMENT, JOB, PATCH } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(containerResources, { deployment: DEPLOYMENT, job: JOB })
  .good("a patch", "deployment", { "@type": PATCH, [`${CONTAINER} resources`]: undefined })
  .good("limits, which Kubernetes takes for requests", "deployment", {
    [`${CONTAINER} resources`]: { limits: { cpu: "1", memory: "1Gi" } },
  })
  .bad(
    "nothing",
    "deployment",
    { [`${CONTAINER} resources`]: undefined },
    'K04 Deployment "shlink/shlink", spec.template.spec.containers[0].resources.requests.cpu: the container does not request CPU and memory.',
    'K04 Deployment "shlink/shlink", spec.template.spec.containers[0].resources.requests.memory: the container does not request CPU and memory.',
    'K04a Deployment "shlink/shlink", spec.template.spec.containers[0].resources.limits.memory: the container\'s memory has no limit.',
  )
  .bad(
    "no CPU",
    "job",
    { [`${CONTAINER} resources requests cpu`]: undefined },
    'K04 Job "shlink/migration", spec.template.spec.containers[0].resources.requests.cpu: the container does not request CPU and memory.',
  )
  .bad(
    "no limit",
    "deployment",
    { [`${CONTAINER} resources limits`]: undefined },
    'K04a Deployment "shlink/shlink", spec.template.spec.containers[0].resources.limits.memory: the container\'s memory has no limit.',
  )
  .unknown(
    "a limit that is an output",
    "deployment",
    { [`${CONTAINER} resources limits memory`]: UNKNOWN },
    "spec.template.spec.containers[0].resources.limits.memory",
  );
