import { hostAccess } from "../../../policy/rules/host-access.ts";
import { CONTAINER, DEPLOYMENT, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(hostAccess, { deployment: DEPLOYMENT })
  .good("a port of the pod", "deployment", {
    [`${CONTAINER} ports`]: [{ containerPort: 1, hostPort: 0 }],
  })
  .good("switches that are off", "deployment", { [`${POD} hostNetwork`]: false })
  .bad(
    "the node's network",
    "deployment",
    { [`${POD} hostNetwork`]: true },
    'K09 Deployment "shlink/shlink", spec.template.spec.hostNetwork: the pod shares a namespace of the node.',
  )
  .bad(
    "the node's processes",
    "deployment",
    { [`${POD} hostPID`]: true },
    'K09 Deployment "shlink/shlink", spec.template.spec.hostPID: the pod shares a namespace of the node.',
  )
  .bad(
    "the node's memory",
    "deployment",
    { [`${POD} hostIPC`]: true },
    'K09 Deployment "shlink/shlink", spec.template.spec.hostIPC: the pod shares a namespace of the node.',
  )
  .bad(
    "the node's files",
    "deployment",
    { [`${POD} volumes`]: [{ hostPath: { path: "/" } }] },
    'K09a Deployment "shlink/shlink", spec.template.spec.volumes[0].hostPath: the pod mounts a path of the node.',
  )
  .bad(
    "the node's port",
    "deployment",
    { [`${CONTAINER} ports`]: [{ hostPort: 80 }] },
    'K09b Deployment "shlink/shlink", spec.template.spec.containers[0].ports[0].hostPort: the container takes a port of the node.',
  )
  .bad(
    "in a CronJob",
    "deployment",
    {
      "@type": "kubernetes:batch/v1:CronJob",
      spec: { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } },
    },
    'K09 CronJob "shlink/shlink", spec.jobTemplate.spec.template.spec.hostPID: the pod shares a namespace of the node.',
  )
  .bad(
    "in a Pod",
    "deployment",
    { "@type": "kubernetes:core/v1:Pod", spec: { hostPID: true } },
    'K09 Pod "shlink/shlink", spec.hostPID: the pod shares a namespace of the node.',
  )
  .unknown(
    "volumes that are an output",
    "deployment",
    { [`${POD} volumes`]: UNKNOWN },
    "spec.template.spec.volumes",
  );
