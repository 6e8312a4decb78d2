import { parser } from "@prometheus-io/lezer-promql";
import { dashboards } from "../../../components/observability/dashboards/index.ts";

/** What the dashboards of these tests take for healthy. */
export const healthy = { database: {}, redis: { sentinels: 3 } };

/** What the dashboards ask Prometheus, with Grafana's own variable filled in. */
export const dashboardExpressions = (): string[] =>
  dashboards(healthy)
    .flatMap(({ panels }) => panels)
    .flatMap(({ queries }) => queries)
    .map(({ expr }) => expr.replaceAll("$__rate_interval", "2m"));

/** A metric or a label, with the metrics whose series it can belong to. */
export interface Reading {
  label: string;
  metrics: string[];
}

/** The names that an expression reads, by the grammar of Prometheus itself. */
export function readingsOf(expr: string): { metrics: string[]; labels: Reading[] } {
  const metrics: string[] = [];
  const matched: Reading[] = [];
  const grouped: string[] = [];
  parser.parse(expr).iterate({
    enter({ name, from, to, node }) {
      const text = expr.slice(from, to);
      if (node.type.isError) throw new Error(`not PromQL at ${from}: ${expr}`);
      if (name === "Identifier") metrics.push(text);
      if (name !== "LabelName") return;
      if (node.parent?.name === "GroupingLabels") grouped.push(text);
      else matched.push({ label: text, metrics: metrics.slice(-1) });
    },
  });
  // A label to group or to join by has to come from one of the metrics below; which, only evaluation tells.
  const labels = [...matched, ...grouped.map((label) => ({ label, metrics }))];
  return { metrics, labels };
}
