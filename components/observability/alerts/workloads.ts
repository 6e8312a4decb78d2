import { fromJob } from "../monitors.ts";
import { isForeignGateway } from "./objectives.ts";
import type { WorkloadName } from "../../../platform/workloads.ts";
import type { Alert, RuleArgs } from "../types.ts";

const available = (namespace: string) =>
  `kube_deployment_status_replicas_available{namespace=~"${namespace}"}`;
const answering = (workload: WorkloadName) => `(sum(up{${fromJob(workload)}}) or vector(0))`;

/** Shlink, the mesh, the operators, and whether their metrics come at all. */
export const workloadAlerts = (args: RuleArgs): Alert[] => [
  ...shlinkAlerts(args),
  ...(isForeignGateway(args) ? [] : meshAlerts),
  ...operatorAlerts(args),
  {
    name: "TargetsAbsent",
    expr: args.jobs.map((job) => `absent(up{job="${job}"})`).join(" or "),
    for: "15m",
    severity: "warning",
    summary: "Prometheus has no targets for {{ $labels.job }}",
    description: "Alerts about this part cannot fire.",
  },
];

function operatorAlerts({ others = [] }: RuleArgs): Alert[] {
  const operators = ["external-secrets", "postgres-operator", "redis-operator"];
  const own = operators.filter((namespace) => !others.includes(namespace));
  if (own.length === 0) return [];
  return [
    {
      name: "OperatorUnavailable",
      expr: `${available(own.join("|"))} == 0`,
      for: "10m",
      severity: "warning",
      summary: "{{ $labels.namespace }}/{{ $labels.deployment }} is not available",
      description: "What it looks after runs on, and is not repaired or refreshed.",
    },
  ];
}

const shlinkAlerts = ({ shlinkReplicas }: RuleArgs): Alert[] => [
  {
    name: "ShlinkUnavailable",
    expr: `${available("shlink")} == 0`,
    for: "1m",
    severity: "critical",
    summary: "No Shlink pod is available",
    description: "Every short link fails.",
  },
  {
    name: "ShlinkReplicasUnavailable",
    expr: `${available("shlink")} < ${shlinkReplicas}`,
    for: "10m",
    severity: "warning",
    summary: `Fewer than ${shlinkReplicas} Shlink pods are available`,
    description: "{{ $value }} are; the others do not start or do not become ready.",
  },
  {
    name: "MigrationFailed",
    expr: `kube_job_status_failed{namespace="shlink",job_name=~"shlink-migration.*"} > 0 unless on (job_name) kube_job_status_succeeded{namespace="shlink"} > 0`,
    for: "1m",
    severity: "critical",
    summary: "Shlink's migration Job {{ $labels.job_name }} failed",
    description: "The new version does not start; the one before runs on.",
  },
];

const meshAlerts: Alert[] = [
  {
    name: "IstiodDown",
    expr: `${answering("istiod")} < 1`,
    for: "5m",
    severity: "critical",
    summary: "No istiod answers",
    description: "Running proxies keep their settings until their certificates expire.",
  },
  {
    name: "GatewayDown",
    expr: `${answering("gateway")} < 1`,
    for: "1m",
    severity: "critical",
    summary: "No ingress gateway answers",
    description: "Nothing reaches Shlink from outside.",
  },
];
