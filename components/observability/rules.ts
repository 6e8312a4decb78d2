import { certificateAlerts } from "./alerts/certificates.ts";
import { databaseAlerts } from "./alerts/database.ts";
import { objectiveAlerts, objectiveRecords } from "./alerts/objectives.ts";
import { redisAlerts } from "./alerts/redis.ts";
import { secretAlerts } from "./alerts/secrets.ts";
import { workloadAlerts } from "./alerts/workloads.ts";

/** What the thresholds follow from. */
export interface RuleArgs {
  vault: { replicas: number; snapshotSchedule?: string };
  database: { instances: number; fullSchedule?: string };
  redis: { replicas: number; sentinels: number };
  shlinkReplicas: number;
  /** Whether a blackbox exporter looks at the certificates. */
  probes: boolean;
  /** Jobs that must have targets. */
  jobs: string[];
}

export interface Alert {
  name: string;
  expr: string;
  /** How long it has to hold. */
  for: string;
  /** `critical` wakes somebody, `warning` waits for the next day. */
  severity: "critical" | "warning";
  summary: string;
  description: string;
}

export interface RecordingRule {
  record: string;
  expr: string;
}

const runbooks = "docs/runbooks";

/** File name of an alert's runbook: VaultSealed becomes vault-sealed. */
export const runbookOf = (alert: string) => alert.replace(/(?!^)([A-Z])/g, "-$1").toLowerCase();

export const alerts = (args: RuleArgs): Alert[] => [
  ...secretAlerts(args),
  ...databaseAlerts(args),
  ...redisAlerts(args),
  ...workloadAlerts(args),
  ...certificateAlerts(args),
  ...objectiveAlerts,
];

/** The content of a Prometheus rule file, and of a PrometheusRule's spec. */
export function ruleGroups(args: RuleArgs) {
  return {
    groups: [
      { name: "shlink-platform.objectives", rules: objectiveRecords },
      { name: "shlink-platform.alerts", rules: alerts(args).map(alertingRule) },
    ],
  };
}

function alertingRule({ name, expr, for: duration, severity, summary, description }: Alert) {
  return {
    alert: name,
    expr,
    for: duration,
    labels: { severity, platform: "shlink" },
    annotations: { summary, description, runbook_url: `${runbooks}/${runbookOf(name)}.md` },
  };
}
