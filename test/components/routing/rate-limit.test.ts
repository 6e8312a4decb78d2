import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { rateLimitSpec, sidecarLimitSpec } from "../../../components/routing/rate-limit.ts";
import { synth } from "../../support/synth.ts";

describe("Rate limits", () => {
  const { configPatches } = rateLimitSpec(
    { istio: "x" },
    { redirects: 500, apiReads: 100, apiWrites: 20 },
  );
  const [filter, ...routes] = configPatches as unknown as Patch[];
  const bucketOf = ({ patch }: Patch) =>
    patch.value.typed_per_filter_config?.["envoy.filters.http.local_ratelimit"];

  it("are a filter that limits nothing by itself, and a bucket of their own for each route", () => {
    assert.equal(filter?.applyTo, "HTTP_FILTER");
    assert.equal(filter.patch.operation, "INSERT_FIRST");
    assert.ok(!JSON.stringify(filter).includes("token_bucket"));
    const buckets = routes.map((route) => [
      route.match.routeConfiguration?.vhost.route.name,
      bucketOf(route)?.token_bucket,
    ]);
    assert.deepEqual(buckets, [
      ["redirects", { max_tokens: 1000, tokens_per_fill: 500, fill_interval: "1s" }],
      ["api-reads", { max_tokens: 200, tokens_per_fill: 100, fill_interval: "1s" }],
      ["api-writes", { max_tokens: 40, tokens_per_fill: 20, fill_interval: "1s" }],
    ]);
  });

  it("name the routes that there are", async () => {
    const route = "kubernetes:networking.istio.io/v1:VirtualService::shlink-virtualservice";
    const http = (await synth("prod")).input(route, "spec", "http") as { name: string }[];
    const names = http.map(({ name }) => name);
    const limited = routes.map((route) => route.match.routeConfiguration?.vhost.route.name ?? "");
    assert.deepEqual(limited.sort(), names.sort());
  });

  it("are one bucket for all in Shlink's own proxies, where the gateway is somebody else's", () => {
    const spec = sidecarLimitSpec({ app: "x" }, { redirects: 500, apiReads: 100, apiWrites: 20 });
    assert.deepEqual(spec.workloadSelector, { labels: { app: "x" } });
    const [one, ...more] = spec.configPatches;
    assert.deepEqual(more, []);
    assert.equal(one?.match.context, "SIDECAR_INBOUND");
    const text = JSON.stringify(one?.patch.value.typed_config);
    assert.match(
      text,
      /"token_bucket":\{"max_tokens":1240,"tokens_per_fill":620,"fill_interval":"1s"\}/,
    );
    assert.equal(text.match(/"numerator":100/g)?.length, 2);
  });

  it("are switched on and enforced: both are off by default", () => {
    for (const route of routes)
      for (const key of ["filter_enabled", "filter_enforced"] as const)
        assert.equal(bucketOf(route)?.[key].default_value.numerator, 100);
  });
});

interface Share {
  default_value: { numerator: number };
}
interface Patch {
  applyTo: string;
  match: { routeConfiguration?: { vhost: { route: { name: string } } } };
  patch: {
    operation: string;
    value: {
      typed_per_filter_config?: Record<
        string,
        { token_bucket: object; filter_enabled: Share; filter_enforced: Share }
      >;
    };
  };
}
