import { projectName } from "../../platform/project.ts";
import { certificateAlerts } from "./alerts/certificates.ts";
import { databaseAlerts } from "./alerts/database.ts";
import { objectiveAlerts, objectiveRecords } from "./alerts/objectives.ts";
import { redisAlerts } from "./alerts/redis.ts";
import { secretAlerts } from "./alerts/secrets.ts";
import { workloadAlerts } from "./alerts/workloads.ts";
import type { Alert, RuleArgs } from "./types.ts";

const runbooks = "docs/runbooks";

/** File name of an alert's runbook: VaultSealed becomes vault-sealed. */
export const runbookOf = (alert: string) => alert.replace(/(?!^)([A-Z])/g, "-$1").toLowerCase();

export const alerts = (args: RuleArgs): Alert[] => [
  ...secretAlerts(args),
  ...(args.database === undefined ? [] : databaseAlerts(args.database)),
  ...(args.redis === undefined ? [] : redisAlerts(args.redis)),
  ...workloadAlerts(args),
  ...certificateAlerts(args),
  ...objectiveAlerts,
];

/** The content of a Prometheus rule file, and of a PrometheusRule's spec. */
export function ruleGroups(args: RuleArgs) {
  return {
    groups: [
      { name: `${projectName}.objectives`, rules: objectiveRecords(args) },
      { name: `${projectName}.alerts`, rules: alerts(args).map(alertingRule) },
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
