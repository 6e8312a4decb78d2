import { type WorkloadName, workloads } from "../../platform/workloads.ts";
import { finding, type Link } from "../finding.ts";
import { bringBack } from "../mend.ts";
import { isReady, podsOf } from "../readings.ts";

/** Who makes other things work, and the link that stops to be cared for without it. */
const operators: Partial<Record<WorkloadName, Link>> = {
  pgo: "operators",
  "redis-operator": "operators",
  "external-secrets": "operators",
  "external-secrets-webhook": "operators",
  "external-secrets-cert-controller": "operators",
  istiod: "operators",
};

export const operatorUnavailable = finding({
  id: "operator-unavailable",
  link: "operators",
  severity: "broken",
  title: "An operator does not run",
  meaning: "No pod of an operator, of istiod or of the External Secrets webhook is ready.",
  consequence:
    "What it cares for runs on as it is, but no failover, no new secret and no new sidecar comes about, and pulumi up stops.",
  fix: "Its pods say why they do not start; a Deployment that was scaled down is scaled up again.",
  mend: ["kubectl -n NAMESPACE scale --replicas=1 deployment/NAME", ...bringBack],
  look: ["kubectl get deployments -A", "kubectl get pods -A -o wide"],
  needs: ["pods", "others"],
  find: ({ pods, others }) =>
    Object.entries(operators).flatMap(([name, link]) => {
      const workload = name as WorkloadName;
      if (others.includes(workloads[workload].namespace)) return [];
      const all = podsOf(pods, workload);
      if (all.some(isReady)) return [];
      const { namespace } = workloads[workload];
      return [{ text: `${namespace}: ${all.length} pods of ${name}, none ready`, link }];
    }),
});
