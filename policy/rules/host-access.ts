/** Pods stay off the node. */

import { check } from "../engine/policy.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";

export const hostAccess: Policy = {
  name: "host-access",
  title: "Pods stay off the node",
  description: "Pods mount nothing of the node and share none of its namespaces or ports.",
  severity: "critical",
  tags: ["workloads"],
  checks: {
    K09: check(
      "the pod shares a namespace of the node",
      "It sees the node's processes or traffic.",
      "Remove hostNetwork, hostPID and hostIPC.",
    ),
    K09a: check(
      "the pod mounts a path of the node",
      "Who can write there owns the node, and with the runtime's socket every pod.",
      "Use a PersistentVolumeClaim or an emptyDir.",
    ),
    K09b: check(
      "the container takes a port of the node",
      "It is then reachable on every address of the node, past the gateway.",
      "Remove hostPort and use a Service.",
    ),
  },
  checkResource(resource, judge) {
    for (const { spec } of podTemplates(resource)) {
      for (const key of ["hostNetwork", "hostPID", "hostIPC"])
        judge.when("K09", spec.get(key), (node) => node.isTrue());
      for (const volume of spec.get("volumes").items())
        judge.when("K09a", volume.get("hostPath"), (node) => !node.absent);
      for (const container of containers(spec)) {
        for (const port of container.get("ports").items()) {
          judge.when("K09b", port.get("hostPort"), (node) => !node.absent && node.value !== 0);
        }
      }
    }
  },
};
