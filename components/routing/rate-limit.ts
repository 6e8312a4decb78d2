import type { RateLimit, RouteName } from "./types.ts";

/** What the names of a route's counters begin with. */
const statPrefix = (route: RouteName) => `shlink_${route.replace("-", "_")}`;

/** A route's counter as Prometheus sees it: Istio's Envoy takes no label out of the name. */
export const rateMetric = (route: RouteName, counter: "enabled" | "rate_limited") =>
  `envoy_${statPrefix(route)}_http_local_rate_limit_${counter}`;

const filter = "envoy.filters.http.local_ratelimit";

/**
 * A token bucket for each route in each gateway pod. Istio has no resource for it but an EnvoyFilter: the
 * filter itself limits nothing, and every route brings its own bucket.
 */
export function rateLimitSpec(selector: Record<string, string>, limit: RateLimit) {
  const routes: [RouteName, number][] = [
    ["redirects", limit.redirects],
    ["api-reads", limit.apiReads],
    ["api-writes", limit.apiWrites],
  ];
  return {
    workloadSelector: { labels: selector },
    configPatches: [emptyFilter(), ...routes.map(([name, rate]) => bucket(name, rate))],
  };
}

/** One bucket for all that reaches a pod: a sidecar does not know the gateway's routes. */
export function sidecarLimitSpec(selector: Record<string, string>, limit: RateLimit) {
  const perSecond = limit.redirects + limit.apiReads + limit.apiWrites;
  return {
    workloadSelector: { labels: selector },
    configPatches: [insertion("SIDECAR_INBOUND", limits("shlink_rate_limit", perSecond))],
  };
}

const emptyFilter = () => insertion("GATEWAY", settings("shlink_rate_limit"));

function insertion(context: "GATEWAY" | "SIDECAR_INBOUND", config: object) {
  const manager = { name: "envoy.filters.network.http_connection_manager" };
  return {
    applyTo: "HTTP_FILTER",
    match: { context, listener: { filterChain: { filter: manager } } },
    patch: { operation: "INSERT_FIRST", value: { name: filter, typed_config: config } },
  };
}

function limits(prefix: string, perSecond: number) {
  const always = (key: string) => ({
    runtime_key: `${prefix}_${key}`,
    default_value: { numerator: 100, denominator: "HUNDRED" },
  });
  return {
    ...settings(prefix),
    // Twice the rate, for bursts.
    token_bucket: {
      max_tokens: perSecond * 2,
      tokens_per_fill: perSecond,
      fill_interval: "1s",
    },
    // Both are off by default.
    filter_enabled: always("enabled"),
    filter_enforced: always("enforced"),
  };
}

function bucket(route: RouteName, perSecond: number) {
  const config = limits(statPrefix(route), perSecond);
  return {
    applyTo: "HTTP_ROUTE",
    match: {
      context: "GATEWAY",
      routeConfiguration: { vhost: { route: { name: route } } },
    },
    patch: { operation: "MERGE", value: { typed_per_filter_config: { [filter]: config } } },
  };
}

const settings = (prefix: string) => ({
  "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
  stat_prefix: prefix,
});
