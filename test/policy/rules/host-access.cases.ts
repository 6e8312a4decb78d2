import { hostAccess } from "../../../policy/rules/host-access.ts";
import { CONTAINER, DEPLOYMENT, POD } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(hostAccess, { deployment: DEPLOYMENT })
  .good("deployment", {
    "a port of the pod": { [`${CONTAINER} ports`]: [{ containerPort: 1, hostPort: 0 }] },
    "switches that are off": { [`${POD} hostNetwork`]: false },
  })
  .bad(
    "deployment",
    'K09 Deployment "shlink/shlink", spec.template.spec.hostNetwork: the pod shares a namespace of the node.',
    { "the node's network": { [`${POD} hostNetwork`]: true } },
  )
  .bad(
    "deployment",
    'K09 Deployment "shlink/shlink", spec.template.spec.hostPID: the pod shares a namespace of the node.',
    { "the node's processes": { [`${POD} hostPID`]: true } },
  )
  .bad(
    "deployment",
    'K09 Deployment "shlink/shlink", spec.template.spec.hostIPC: the pod shares a namespace of the node.',
    { "the node's memory": { [`${POD} hostIPC`]: true } },
  )
  .bad(
    "deployment",
    'K09a Deployment "shlink/shlink", spec.template.spec.volumes[0].hostPath: the pod mounts a path of the node.',
    { "the node's files": { [`${POD} volumes`]: [{ hostPath: { path: "/" } }] } },
  )
  .bad(
    "deployment",
    'K09b Deployment "shlink/shlink", spec.template.spec.containers[0].ports[0].hostPort: the container takes a port of the node.',
    { "the node's port": { [`${CONTAINER} ports`]: [{ hostPort: 80 }] } },
  )
  .bad(
    "deployment",
    'K09 CronJob "shlink/shlink", spec.jobTemplate.spec.template.spec.hostPID: the pod shares a namespace of the node.',
    {
      "in a CronJob": {
        "@type": "kubernetes:batch/v1:CronJob",
        spec: { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } },
      },
    },
  )
  .bad(
    "deployment",
    'K09 Pod "shlink/shlink", spec.hostPID: the pod shares a namespace of the node.',
    { "in a Pod": { "@type": "kubernetes:core/v1:Pod", spec: { hostPID: true } } },
  )
  .unknown("deployment", "spec.template.spec.volumes", {
    "volumes that are an output": { [`${POD} volumes`]: UNKNOWN },
  });
