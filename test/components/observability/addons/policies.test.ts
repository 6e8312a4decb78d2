import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { workloads } from "../../../../platform/workloads.ts";
import { allowed, type Endpoint, type Policy } from "../../../support/network.ts";
import { outside } from "../../../support/outside.ts";
import { synth } from "../../../support/synth.ts";
import { charts, none, withAddons } from "./charts.ts";

/** The policies of production with other addons. */
async function policiesWith(addons: Record<string, object>): Promise<Policy[]> {
  const prod = await synth("prod", withAddons(addons));
  return prod.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
}

const addon = (name: string): Endpoint => ({
  namespace: "addons",
  labels: { "app.kubernetes.io/name": name },
});
const endpoints: Record<string, Endpoint> = {
  prometheus: addon("prometheus"),
  operator: addon("kube-prometheus-stack-prometheus-operator"),
  state: addon("kube-state-metrics"),
  grafana: addon("grafana"),
  jaeger: addon("jaeger"),
  kiali: addon("kiali"),
  unforeseen: addon("of a kind that nobody foresaw"),
  monitoring: { namespace: "monitoring", labels: { app: "of any kind" } },
  api: { address: "10.96.0.1" },
  public: { address: "203.0.113.7" },
  ...workloads,
};
const ports = [
  80, 443, 3000, 4317, 5432, 6379, 6443, 8080, 8081, 8200, 9090, 9121, 9187, 9355, 9710, 15010,
  15014, 15020, 16685, 16686, 20001,
];

/** Written down from the charts' and the exporters' documentation. */
const expected: Record<string, string[]> = {
  prometheus: [
    ...["api:443", "api:6443", "state:8080", "external-secrets:8080", "gateway:15020"],
    ...["gateway:443", "istiod:15014", "postgres:9187", "redis-operator:9710", "redis:9121"],
    ...["sentinel:9355", "shlink:15020", "vault:8200"],
  ],
  operator: ["api:443", "api:6443"],
  state: ["api:443", "api:6443"],
  grafana: ["jaeger:16686", "prometheus:9090"],
  kiali: ["api:443", "api:6443", "grafana:3000", "jaeger:16686", "prometheus:9090"],
  gateway: ["jaeger:4317"],
  shlink: ["jaeger:4317"],
};

describe("The addons' network", () => {
  it("lets each pod open exactly the connections that it needs", async () => {
    const policies = await policiesWith(charts);
    const inAddons = (name: string) => {
      const endpoint = endpoints[name] as Endpoint;
      return "namespace" in endpoint && endpoint.namespace === "addons";
    };
    for (const from of Object.keys(endpoints)) {
      const open = Object.keys(endpoints)
        .filter((to) => inAddons(from) || inAddons(to))
        .flatMap((to) => ports.map((port) => [to, port] as const))
        .filter(([to, port]) =>
          allowed(policies, endpoints[from] as Endpoint, endpoints[to] as Endpoint, port),
        )
        .map(([to, port]) => `${to}:${port}`);
      assert.deepEqual(open.sort(), [...(expected[from] ?? [])].sort(), from);
    }
  });

  it("lets Prometheus reach no place where others' servers would be", async () => {
    const change = { ...outside("prod"), ...withAddons(charts) };
    const prometheus = (await synth("prod", change))
      .of("NetworkPolicy")
      .find(({ name }) => name === "addons-prometheus");
    const text = JSON.stringify(prometheus?.inputs);
    assert.match(text, /"kubernetes.io\/metadata.name":"vault"/);
    assert.doesNotMatch(text, /"kubernetes.io\/metadata.name":"(postgres|redis|redis-operator)"/);
  });

  it("lets Kiali reach a Prometheus of the cluster, and nothing outside", async () => {
    const prometheus = { mode: "address", address: "http://prometheus.monitoring.svc:9090" };
    const policies = await policiesWith({ ...charts, grafana: none, jaeger: none, prometheus });
    const kiali = endpoints["kiali"] as Endpoint;
    assert.ok(allowed(policies, kiali, endpoints["monitoring"] as Endpoint, 9090));
    assert.ok(!allowed(policies, kiali, endpoints["public"] as Endpoint, 9090));
  });
});
