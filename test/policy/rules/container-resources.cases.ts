import { containerResources } from "../../../policy/rules/container-resources.ts";
import { CONTAINER, DEPLOYMENT, JOB, PATCH } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(containerResources, { deployment: DEPLOYMENT, job: JOB })
  .good("deployment", {
    "a patch": { "@type": PATCH, [`${CONTAINER} resources`]: undefined },
    "limits, which Kubernetes takes for requests": {
      [`${CONTAINER} resources`]: { limits: { cpu: "1", memory: "1Gi" } },
    },
  })
  .bad(
    "deployment",
    [
      'K04 Deployment "shlink/shlink", spec.template.spec.containers[0].resources.requests.cpu: the container does not request CPU and memory.',
      'K04 Deployment "shlink/shlink", spec.template.spec.containers[0].resources.requests.memory: the container does not request CPU and memory.',
      'K04a Deployment "shlink/shlink", spec.template.spec.containers[0].resources.limits.memory: the container\'s memory has no limit.',
    ],
    { nothing: { [`${CONTAINER} resources`]: undefined } },
  )
  .bad(
    "job",
    'K04 Job "shlink/migration", spec.template.spec.containers[0].resources.requests.cpu: the container does not request CPU and memory.',
    { "no CPU": { [`${CONTAINER} resources requests cpu`]: undefined } },
  )
  .bad(
    "deployment",
    'K04a Deployment "shlink/shlink", spec.template.spec.containers[0].resources.limits.memory: the container\'s memory has no limit.',
    { "no limit": { [`${CONTAINER} resources limits`]: undefined } },
  )
  .unknown("deployment", "spec.template.spec.containers[0].resources.limits.memory", {
    "a limit that is an output": { [`${CONTAINER} resources limits memory`]: UNKNOWN },
  });
