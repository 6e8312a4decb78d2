import { dashboards } from "../../../components/observability/dashboards/index.ts";

export const healthy = { redis: { sentinels: 3 } };

/** What the dashboards ask Prometheus, with Grafana's own variable filled in. */
export const dashboardExpressions = (): string[] =>
  dashboards(healthy)
    .flatMap(({ panels }) => panels)
    .flatMap(({ queries }) => queries)
    .map(({ expr }) => expr.replaceAll("$__rate_interval", "2m"));

const prefixes = "ccp|citadel|envoy|externalsecret|istio|kube|pg|probe|redis|secretstore|vault";

/** Names of the metrics in a text with PromQL; labels have other names. */
export const metricsIn = (text: string): Set<string> =>
  new Set(text.match(new RegExp(`\\b(up|(${prefixes})_\\w+)(?=[{\\s)[]|$)`, "gm")));
