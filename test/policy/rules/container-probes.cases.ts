import { containerProbes } from "../../../policy/rules/container-probes.ts";
import { CONTAINER, DEPLOYMENT, JOB, PATCH } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(containerProbes, { deployment: DEPLOYMENT, job: JOB })
  .good("deployment", {
    "a patch": { "@type": PATCH, [`${CONTAINER} readinessProbe`]: undefined },
    "nothing to probe": {
      [`${CONTAINER} readinessProbe`]: undefined,
      [`${CONTAINER} ports`]: undefined,
    },
    "liveness of its own": { [`${CONTAINER} livenessProbe`]: { httpGet: { path: "/alive" } } },
  })
  .good("job", { "a Job that listens": { [`${CONTAINER} ports`]: [{ containerPort: 1 }] } })
  .bad(
    "deployment",
    'K06 Deployment "shlink/shlink", spec.template.spec.containers[0].readinessProbe: the container listens but has no readiness probe.',
    { "no readiness": { [`${CONTAINER} readinessProbe`]: undefined } },
  )
  .bad(
    "deployment",
    'K06 StatefulSet "shlink/shlink", spec.template.spec.containers[0].readinessProbe: the container listens but has no readiness probe.',
    {
      "no readiness of a StatefulSet": {
        "@type": "kubernetes:apps/v1:StatefulSet",
        [`${CONTAINER} readinessProbe`]: undefined,
      },
    },
  )
  .bad(
    "deployment",
    'K06a Deployment "shlink/shlink", spec.template.spec.containers[0].livenessProbe.httpGet.path: the liveness probe asks Shlink\'s health endpoint, which asks the database.',
    {
      "liveness by the database": {
        [`${CONTAINER} livenessProbe`]: { httpGet: { path: "/rest/health" } },
      },
    },
  )
  .unknown("deployment", "spec.template.spec.containers[0].readinessProbe", {
    "a probe that is an output": { [`${CONTAINER} readinessProbe`]: UNKNOWN },
  });
