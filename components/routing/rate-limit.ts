/** A token bucket in each gateway pod; what is over gets 429. Istio has no resource for it but an EnvoyFilter. */
export function rateLimitSpec(selector: Record<string, string>, requestsPerSecond: number) {
  const always = (key: string) => ({
    runtime_key: key,
    default_value: { numerator: 100, denominator: "HUNDRED" },
  });
  return {
    workloadSelector: { labels: selector },
    configPatches: [
      {
        applyTo: "HTTP_FILTER",
        match: {
          context: "GATEWAY",
          listener: {
            filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } },
          },
        },
        patch: {
          operation: "INSERT_FIRST",
          value: {
            name: "envoy.filters.http.local_ratelimit",
            typed_config: {
              "@type":
                "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
              stat_prefix: "shlink_rate_limit",
              token_bucket: {
                // Twice the rate, for bursts.
                max_tokens: requestsPerSecond * 2,
                tokens_per_fill: requestsPerSecond,
                fill_interval: "1s",
              },
              // Both are off by default.
              filter_enabled: always("shlink_rate_limit_enabled"),
              filter_enforced: always("shlink_rate_limit_enforced"),
            },
          },
        },
      },
    ],
  };
}
