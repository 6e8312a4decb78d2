import { containerProbes } from "../../../policy/rules/container-probes.ts";
import { CONTAINER, DEPLOYMENT, JOB, PATCH } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(containerProbes, { deployment: DEPLOYMENT, job: JOB })
  .good("a patch", "deployment", { "@type": PATCH, [`${CONTAINER} readinessProbe`]: undefined })
  .good("nothing to probe", "deployment", {
    [`${CONTAINER} readinessProbe`]: undefined,
    [`${CONTAINER} ports`]: undefined,
  })
  .good("a Job that listens", "job", { [`${CONTAINER} ports`]: [{ containerPort: 1 }] })
  .good("liveness of its own", "deployment", {
    [`${CONTAINER} livenessProbe`]: { httpGet: { path: "/alive" } },
  })
  .bad(
    "no readiness",
    "deployment",
    { [`${CONTAINER} readinessProbe`]: undefined },
    'K06 Deployment "shlink/shlink", spec.template.spec.containers[0].readinessProbe: the container listens but has no readiness probe.',
  )
  .bad(
    "no readiness of a StatefulSet",
    "deployment",
    { "@type": "kubernetes:apps/v1:StatefulSet", [`${CONTAINER} readinessProbe`]: undefined },
    'K06 StatefulSet "shlink/shlink", spec.template.spec.containers[0].readinessProbe: the container listens but has no readiness probe.',
  )
  .bad(
    "liveness by the database",
    "deployment",
    { [`${CONTAINER} livenessProbe`]: { httpGet: { path: "/rest/health" } } },
    'K06a Deployment "shlink/shlink", spec.template.spec.containers[0].livenessProbe.httpGet.path: the liveness probe asks Shlink\'s health endpoint, which asks the database.',
  )
  .unknown(
    "a probe that is an output",
    "deployment",
    { [`${CONTAINER} readinessProbe`]: UNKNOWN },
    "spec.template.spec.containers[0].readinessProbe",
  );
