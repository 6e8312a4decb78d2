import { containerPrivileges } from "../../../policy/rules/container-privileges.ts";
import { CONTAINER, DEPLOYMENT, JOB, PATCH, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const SC = `${CONTAINER} securityContext`;

export const suite = new Cases(containerPrivileges, { deployment: DEPLOYMENT, job: JOB })
  .good("deployment", {
    "a patch": { "@type": PATCH, [`${POD} securityContext`]: undefined },
    "a user without the switch": { [`${POD} securityContext runAsNonRoot`]: undefined },
    "one harmless capability": { [`${SC} capabilities add`]: ["NET_BIND_SERVICE"] },
    "capabilities in lower case": { [`${SC} capabilities drop`]: ["all"] },
  })
  .bad(
    "deployment",
    'K07 Deployment "shlink/shlink", spec.template.spec.securityContext.runAsNonRoot: the container may run as root.',
    {
      "the image's user": {
        [`${POD} securityContext`]: { seccompProfile: { type: "RuntimeDefault" } },
      },
    },
  )
  .bad(
    "deployment",
    'K07 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.runAsUser: the container runs as root.',
    { root: { [`${SC} runAsUser`]: 0 } },
  )
  .bad(
    "deployment",
    'K10 Deployment "shlink/shlink", spec.template.spec.securityContext.seccompProfile.type: the container runs without a seccomp profile.',
    { "no profile": { [`${POD} securityContext seccompProfile`]: undefined } },
  )
  .bad(
    "deployment",
    'K10 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.seccompProfile.type: the container runs without a seccomp profile.',
    { "an open profile": { [`${SC} seccompProfile`]: { type: "Unconfined" } } },
  )
  .bad(
    "deployment",
    'K08 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.privileged: the container is privileged.',
    { "a privileged container": { [`${SC} privileged`]: true } },
  )
  .bad(
    "deployment",
    'K08 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: the container can gain privileges.',
    { "escalation left on": { [`${SC} allowPrivilegeEscalation`]: undefined } },
  )
  .bad(
    "job",
    'K08 Job "shlink/migration", spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: the container can gain privileges.',
    { escalation: { [`${SC} allowPrivilegeEscalation`]: true } },
  )
  .bad(
    "deployment",
    'K08a Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.capabilities.drop: the container keeps or adds capabilities.',
    { "capabilities kept": { [`${SC} capabilities`]: undefined } },
  )
  .bad(
    "deployment",
    'K08a Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.capabilities.add[0]: the container keeps or adds capabilities.',
    { "a capability added": { [`${SC} capabilities add`]: ["NET_ADMIN"] } },
  )
  .bad(
    "deployment",
    'K11 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem: the root file system can be written.',
    { "a writable root": { [`${SC} readOnlyRootFilesystem`]: undefined } },
  )
  .unknown("deployment", "spec.template.spec.containers[0].securityContext.privileged", {
    "a switch that is an output": { [`${SC} privileged`]: UNKNOWN },
  });
