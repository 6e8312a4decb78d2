import { containerPrivileges } from "../../../policy/rules/container-privileges.ts";
import { CONTAINER, DEPLOYMENT, JOB, PATCH, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const SC = `${CONTAINER} securityContext`;

export const suite = new Cases(containerPrivileges, { deployment: DEPLOYMENT, job: JOB })
  .good("a patch", "deployment", { "@type": PATCH, [`${POD} securityContext`]: undefined })
  .good("a user without the switch", "deployment", {
    [`${POD} securityContext runAsNonRoot`]: undefined,
  })
  .good("one harmless capability", "deployment", {
    [`${SC} capabilities add`]: ["NET_BIND_SERVICE"],
  })
  .good("capabilities in lower case", "deployment", { [`${SC} capabilities drop`]: ["all"] })
  .bad(
    "the image's user",
    "deployment",
    { [`${POD} securityContext`]: { seccompProfile: { type: "RuntimeDefault" } } },
    'K07 Deployment "shlink/shlink", spec.template.spec.securityContext.runAsNonRoot: the container may run as root.',
  )
  .bad(
    "root",
    "deployment",
    { [`${SC} runAsUser`]: 0 },
    'K07 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.runAsUser: the container runs as root.',
  )
  .bad(
    "no profile",
    "deployment",
    { [`${POD} securityContext seccompProfile`]: undefined },
    'K10 Deployment "shlink/shlink", spec.template.spec.securityContext.seccompProfile.type: the container runs without a seccomp profile.',
  )
  .bad(
    "an open profile",
    "deployment",
    { [`${SC} seccompProfile`]: { type: "Unconfined" } },
    'K10 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.seccompProfile.type: the container runs without a seccomp profile.',
  )
  .bad(
    "a privileged container",
    "deployment",
    { [`${SC} privileged`]: true },
    'K08 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.privileged: the container is privileged.',
  )
  .bad(
    "escalation left on",
    "deployment",
    { [`${SC} allowPrivilegeEscalation`]: undefined },
    'K08 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: the container can gain privileges.',
  )
  .bad(
    "escalation",
    "job",
    { [`${SC} allowPrivilegeEscalation`]: true },
    'K08 Job "shlink/migration", spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: the container can gain privileges.',
  )
  .bad(
    "capabilities kept",
    "deployment",
    { [`${SC} capabilities`]: undefined },
    'K08a Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.capabilities.drop: the container keeps or adds capabilities.',
  )
  .bad(
    "a capability added",
    "deployment",
    { [`${SC} capabilities add`]: ["NET_ADMIN"] },
    'K08a Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.capabilities.add[0]: the container keeps or adds capabilities.',
  )
  .bad(
    "a writable root",
    "deployment",
    { [`${SC} readOnlyRootFilesystem`]: undefined },
    'K11 Deployment "shlink/shlink", spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem: the root file system can be written.',
  )
  .unknown(
    "a switch that is an output",
    "deployment",
    { [`${SC} privileged`]: UNKNOWN },
    "spec.template.spec.containers[0].securityContext.privileged",
  );
