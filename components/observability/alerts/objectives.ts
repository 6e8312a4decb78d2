import { fromJob } from "../monitors.ts";
import type { Alert, RecordingRule, RuleArgs } from "../types.ts";
import { workloads } from "../../../platform/workloads.ts";

/** What users are promised, measured where visitors' requests are seen first. */
const objectives = [
  { name: "errors", promise: "99.9 % of requests get no 5xx", budget: 0.001 },
  { name: "slow", promise: "99 % of requests are answered within 500 ms", budget: 0.01 },
] as const;
type Objective = (typeof objectives)[number];

const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const;
type Window = (typeof windows)[number];

const gatewaySelector = `${fromJob("gateway")},reporter="source"`;
export const sidecarSelector = `${fromJob("shlink")},reporter="destination"`;

export const isForeignGateway = ({ others = [] }: Pick<RuleArgs, "others">) =>
  others.includes(workloads.gateway.namespace);

/** The gateway sees also what never reaches a pod; one that is not ours is watched by others, and Shlink's sidecars are left. */
export const visitorSelector = (args: Pick<RuleArgs, "others">) =>
  isForeignGateway(args) ? sidecarSelector : gatewaySelector;

/** `le` is "500" in Prometheus 2 and "500.0" in Prometheus 3, which writes every bound as a float: https://prometheus.io/docs/prometheus/latest/migration/. */
const badRatio: Record<Objective["name"], (rate: Rate) => string> = {
  errors: (rate) =>
    `(${rate("istio_requests_total", ',response_code=~"5.."')} or vector(0)) / ${rate("istio_requests_total", "")}`,
  slow: (rate) =>
    `1 - ${rate("istio_request_duration_milliseconds_bucket", ',le=~"500(\\\\.0)?"')} / ${rate("istio_request_duration_milliseconds_count", "")}`,
};
type Rate = (metric: string, extra: string) => string;

/** The series that Prometheus keeps of an objective: the share of requests that broke the promise. */
export const recordOf = (name: Objective["name"], window: Window) =>
  `shlink:requests_${name}:ratio_rate${window}`;

export function objectiveRecords(args: Pick<RuleArgs, "others">): RecordingRule[] {
  const selector = visitorSelector(args);
  const rateOver =
    (window: Window): Rate =>
    (metric, extra) =>
      `sum(rate(${metric}{${selector}${extra}}[${window}]))`;
  return objectives.flatMap(({ name }) =>
    windows.map((window) => ({
      record: recordOf(name, window),
      expr: badRatio[name](rateOver(window)),
    })),
  );
}

/** A long window proves that it matters, a short one that it still goes on. */
const burns = (objective: Objective, pairs: [factor: number, long: Window, short: Window][]) =>
  pairs
    .map(([factor, ...both]) => {
      const limit = Number((factor * objective.budget).toFixed(6));
      return `(${both.map((window) => `${recordOf(objective.name, window)} > ${limit}`).join(" and ")})`;
    })
    .join(" or ");

const titles = { errors: "Error", slow: "Latency" };

export const objectiveAlerts: Alert[] = objectives.flatMap((objective): Alert[] => {
  const { name, promise } = objective;
  const description = `Promised: ${promise}. Now {{ $value | humanizePercentage }} do not.`;
  const title = titles[name];
  return [
    {
      name: `${title}BudgetBurnsFast`,
      // 2 % of a month's budget in an hour, or 5 % in six.
      expr: burns(objective, [
        [14.4, "1h", "5m"],
        [6, "6h", "30m"],
      ]),
      for: "2m",
      severity: "critical",
      summary: `${title} budget of the month is spent within days`,
      description,
    },
    {
      name: `${title}BudgetBurnsSlowly`,
      // 10 % of a month's budget in one day or in three.
      expr: burns(objective, [
        [3, "1d", "2h"],
        [1, "3d", "6h"],
      ]),
      for: "15m",
      severity: "warning",
      summary: `${title} budget will not last the month`,
      description,
    },
  ];
});
