import { fromJob } from "../monitors.ts";
import { rateMetric } from "../../routing/rate-limit.ts";
import { routeNames } from "../../routing/types.ts";
import {
  isForeignGateway,
  recordOf,
  sidecarSelector,
  visitorSelector,
} from "../alerts/objectives.ts";
import type { RuleArgs } from "../types.ts";
import type { Dashboard, Panel, Query } from "./panel.ts";

const quantiles = (selector: string): Query[] =>
  [0.5, 0.9, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (rate(istio_request_duration_milliseconds_bucket{${selector}}[$__rate_interval])))`,
    legend: `p${quantile * 100}`,
  }));

const perRoute = (counter: "enabled" | "rate_limited"): Query[] =>
  routeNames.map((route) => ({
    expr: `sum(rate(${rateMetric(route, counter)}[$__rate_interval]))`,
    legend: route,
  }));

const burnt = (name: "errors" | "slow"): Query[] =>
  (["5m", "1h", "6h", "1d"] as const).map((window) => ({
    expr: recordOf(name, window),
    legend: window,
  }));

/** What visitors get: at the gateway, and for comparison at Shlink's own sidecar. */
export function trafficDashboard(args: Pick<RuleArgs, "others">): Dashboard {
  const shown = panels(visitorSelector(args));
  const panelsHere = isForeignGateway(args)
    ? shown.filter(({ title }) => !ofTheGateway.includes(title))
    : shown;
  return { uid: "shlink-traffic", title: "Shlink: traffic", panels: panelsHere };
}

/** What only a gateway of ours tells. */
const ofTheGateway = [
  "Gateways that answer",
  "Requests by route",
  "Over the rate limit, by route",
  "Latency at the gateway",
];

const panels = (selector: string): Panel[] => [...numbers(selector), ...courses(selector)];

const numbers = (selector: string): Panel[] => [
  {
    title: "Requests",
    unit: "reqps",
    queries: [
      {
        expr: `sum(rate(istio_requests_total{${selector}}[$__rate_interval]))`,
        legend: "all",
      },
    ],
    number: {},
  },
  {
    title: "5xx in five minutes",
    unit: "percentunit",
    queries: [{ expr: recordOf("errors", "5m"), legend: "ratio" }],
    number: {},
  },
  {
    title: "Gateways that answer",
    unit: "none",
    queries: [{ expr: `sum(up{${fromJob("gateway")}})`, legend: "gateways" }],
    number: { healthyFrom: 1 },
  },
  {
    title: "Shlink pods available",
    unit: "none",
    queries: [
      {
        expr: 'sum(kube_deployment_status_replicas_available{namespace="shlink"})',
        legend: "pods",
      },
    ],
    number: { healthyFrom: 1 },
  },
];

const courses = (selector: string): Panel[] => [
  {
    title: "Requests by response code",
    unit: "reqps",
    queries: [
      {
        expr: `sum by (response_code) (rate(istio_requests_total{${selector}}[$__rate_interval]))`,
        legend: "{{response_code}}",
      },
    ],
  },
  { title: "Requests by route", unit: "reqps", queries: perRoute("enabled") },
  { title: "Over the rate limit, by route", unit: "reqps", queries: perRoute("rate_limited") },
  { title: "Share of 5xx", unit: "percentunit", queries: burnt("errors") },
  { title: "Share slower than promised", unit: "percentunit", queries: burnt("slow") },
  { title: "Latency at the gateway", unit: "ms", queries: quantiles(selector) },
  { title: "Latency at Shlink", unit: "ms", queries: quantiles(sidecarSelector) },
];
