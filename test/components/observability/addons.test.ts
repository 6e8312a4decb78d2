import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { parseSettings } from "../../../settings/index.ts";
import { namespaceNames } from "../../../platform/namespaces.ts";
import { workloads } from "../../../platform/workloads.ts";
import {
  type Registration,
  render,
  type Rendering,
  secretMark,
  stackSettings,
} from "../../../plan/render.ts";
import { pack } from "../../policy/support/pack.ts";
import { judgeAll } from "../../../policy/cli/judge.ts";
import { readResources } from "../../../policy/cli/input.ts";
import { kialiValues } from "../../../components/observability/addons/kiali.ts";
import { allowed, type Endpoint, type Policy } from "../../support/network.ts";

const requests = { cpu: "100m", memory: "256Mi" };
const charts = {
  prometheus: { mode: "chart", requests, storage: "20Gi", retention: "15d" },
  grafana: { mode: "chart", requests },
  jaeger: {
    mode: "chart",
    requests,
    storage: "5Gi",
    retentionHours: 48,
    samplingPercentage: 5,
  },
  kiali: { mode: "chart", requests },
};
const none = { mode: "none" };

/** Prod with other addons; what is at odds with their charts left out. */
function withAddons(addons: Record<string, object>, left: string[] = ["tracing", "prober"]) {
  const settings = stackSettings("prod");
  const kept = Object.entries(settings["observability"] as object).filter(
    ([key]) => !left.includes(key),
  );
  return { ...settings, observability: { ...Object.fromEntries(kept), addons } };
}

const renderAddons = (addons: Record<string, object>) => render("prod", withAddons(addons));
const find = (list: Registration[], name: string, type = "") => {
  const found = list.find((one) => one.name === name && one.type.endsWith(type));
  assert.ok(found, name);
  return found;
};
const valuesOf = (list: Registration[], name: string) =>
  find(list, name, ":Release").inputs["values"] as Record<string, unknown>;
const policiesOf = (list: Registration[]) =>
  list
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .map(({ inputs }) => inputs as unknown as Policy);

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

describe("The addons", () => {
  let all: Rendering;
  let registrations: Registration[] = [];
  before(async () => {
    all = await renderAddons(charts);
    ({ registrations } = all);
  });

  it("are addresses in prod, of what the cluster has: nothing is installed", async () => {
    const prod = await render("prod");
    assert.ok(!prod.registrations.some(({ type }) => type.endsWith(":Addons")));
    assert.deepEqual((prod.outputs as { addons: object }).addons, {
      prometheus: "http://kube-prometheus-stack-prometheus.monitoring.svc:9090",
      grafana: "http://kube-prometheus-stack-grafana.monitoring.svc:80",
    });
  });

  it("come as charts into a namespace of their own, which refuses unsafe pods", () => {
    const { metadata } = find(registrations, "addons", ":Namespace").inputs as {
      metadata: { labels: Record<string, string> };
    };
    assert.ok(!(namespaceNames(true) as string[]).includes("addons"));
    assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
    assert.equal(metadata.labels["app.kubernetes.io/part-of"], "shlink-platform");
    for (const name of Object.keys(charts)) {
      const { inputs, dependsOn } = find(registrations, name, ":Release");
      assert.equal(inputs["namespace"], "addons");
      assert.ok(
        dependsOn.some((key) => key.endsWith("NetworkPolicy::addons-default")),
        name,
      );
    }
  });

  it("are one chart each: the others are not there", async () => {
    const { registrations: some } = await renderAddons({
      prometheus: none,
      grafana: none,
      jaeger: charts.jaeger,
      kiali: none,
    });
    const releases = some.filter(({ parent }) => parent?.endsWith(":Addons::addons"));
    assert.deepEqual(
      releases.map(({ name }) => name),
      ["addons", "addons-default", "addons-jaeger", "jaeger"],
    );
  });

  it("let Prometheus read the monitors, probes and rules by the labels that these have", () => {
    const { prometheus } = valuesOf(registrations, "prometheus") as {
      prometheus: { prometheusSpec: Record<string, unknown> };
    };
    for (const kind of ["podMonitorSelector", "probeSelector", "ruleSelector"])
      assert.deepEqual(prometheus.prometheusSpec[kind], {
        matchLabels: { release: "kube-prometheus-stack" },
      });
    const monitors = find(registrations, "observability", ":Observability");
    assert.ok(monitors.dependsOn.some((key) => key.endsWith(":Addons::addons")));
  });

  it("show Grafana the Prometheus, the Jaeger and the dashboards, and no door without a login", () => {
    const values = valuesOf(registrations, "grafana") as {
      datasources: Record<string, { datasources: { type: string; url: string }[] }>;
      dashboardsConfigMaps: Record<string, string>;
      rbac: object;
      "grafana.ini": Record<string, object>;
    };
    assert.deepEqual(
      values.datasources["datasources.yaml"]?.datasources.map(({ type, url }) => [type, url]),
      [
        ["prometheus", "http://prometheus-prometheus.addons.svc:9090"],
        ["jaeger", "http://jaeger.addons.svc:16686"],
      ],
    );
    const { metadata, data } = find(registrations, "addons-dashboards").inputs as {
      metadata: { name: string };
      data: object;
    };
    assert.deepEqual(values.dashboardsConfigMaps, { shlink: metadata.name });
    assert.equal(Object.keys(data).length, 4);
    assert.deepEqual(values.rbac, { create: false });
    assert.deepEqual(values["grafana.ini"]["auth.anonymous"], { enabled: false });
  });

  it("send the mesh's traces to Jaeger, on the port on which it takes them", () => {
    const { meshConfig } = valuesOf(registrations, "istiod") as {
      meshConfig: { extensionProviders: object[] };
    };
    assert.deepEqual(meshConfig.extensionProviders, [
      {
        name: "otel",
        opentelemetry: { service: "jaeger.addons.svc.cluster.local", port: 4317 },
      },
    ]);
    const { userconfig } = valuesOf(registrations, "jaeger") as {
      userconfig: { receivers: { otlp: { protocols: { grpc: { endpoint: string } } } } };
    };
    assert.equal(userconfig.receivers.otlp.protocols.grpc.endpoint, "0.0.0.0:4317");
    const { spec } = find(registrations, "mesh-tracing").inputs as {
      spec: { tracing: { randomSamplingPercentage: number }[] };
    };
    assert.equal(spec.tracing[0]?.randomSamplingPercentage, 5);
  });

  it("tell Kiali where the others are, and to change nothing; its key is in a Secret", () => {
    const values = valuesOf(registrations, "kiali") as {
      external_services: Record<string, Record<string, unknown>>;
      login_token: { signing_key: string };
      deployment: { view_only_mode: boolean };
    };
    const { prometheus, grafana, tracing } = values.external_services;
    assert.equal(prometheus?.["url"], "http://prometheus-prometheus.addons.svc:9090");
    assert.equal(grafana?.["internal_url"], "http://grafana.addons.svc:80");
    assert.equal(tracing?.["internal_url"], "http://jaeger.addons.svc:16686");
    assert.equal(values.deployment.view_only_mode, true);
    assert.equal(values.login_token.signing_key, "secret:kiali-signing-key:key");
    const secret = find(registrations, "kiali-signing-key", ":Secret");
    assert.equal(secret.inputs["stringData"], secretMark);
    assert.deepEqual((all.outputs as { addons: object }).addons, {
      prometheus: "http://prometheus-prometheus.addons.svc:9090",
      grafana: "http://grafana.addons.svc:80",
      jaeger: "http://jaeger.addons.svc:16686",
      kiali: "http://kiali.addons.svc:20001",
    });
  });

  it("give Kiali links only to addresses that a browser can reach", () => {
    const linked = (address: string) =>
      kialiValues({ requests }, { grafana: address }).external_services.grafana;
    for (const inside of [
      "http://grafana.addons.svc:80",
      "http://grafana.monitoring.svc.cluster.local",
      "http://grafana:3000",
    ])
      assert.deepEqual(linked(inside), { enabled: true, internal_url: inside });
    const outside = "https://grafana.example.com";
    assert.deepEqual(linked(outside), {
      enabled: true,
      internal_url: outside,
      external_url: outside,
    });
  });

  it("tell Kiali that there is no Grafana and no Jaeger where there is none", async () => {
    const { registrations: some } = await renderAddons({
      ...charts,
      grafana: none,
      jaeger: none,
      prometheus: { mode: "address", address: "http://prometheus.monitoring.svc:9090" },
    });
    const { external_services } = valuesOf(some, "kiali") as {
      external_services: Record<string, Record<string, unknown>>;
    };
    assert.deepEqual(external_services["grafana"], { enabled: false });
    assert.equal(external_services["tracing"]?.["enabled"], false);
    assert.equal(external_services["prometheus"]?.["url"], "http://prometheus.monitoring.svc:9090");
    const policies = policiesOf(some);
    const kiali = endpoints["kiali"] as Endpoint;
    assert.ok(allowed(policies, kiali, endpoints["monitoring"] as Endpoint, 9090));
    assert.ok(!allowed(policies, kiali, endpoints["public"] as Endpoint, 9090));
  });

  it("let each pod open exactly the connections that it needs", () => {
    const policies = policiesOf(registrations);
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

  it("satisfy the policy pack without an exemption", () => {
    const read = readResources("prod", JSON.stringify(all));
    const findings = judgeAll(
      pack.policies,
      read,
      { stackClass: "prod", policies: new Map() },
      "2026-11-25",
    );
    assert.deepEqual(
      findings.filter(({ level }) => level === "mandatory").map(({ message }) => message),
      [],
    );
  });

  const refused: [string, Record<string, object>, string[], RegExp][] = [
    [
      "Grafana without Prometheus",
      { ...charts, prometheus: none },
      ["tracing", "prober"],
      /addons\.grafana: shows what Prometheus knows/,
    ],
    [
      "Kiali without Prometheus",
      { ...charts, prometheus: none },
      ["tracing", "prober"],
      /addons\.kiali: shows what Prometheus knows/,
    ],
    ["two places for traces", charts, ["prober"], /observability\.tracing: must be left out/],
    [
      "a prober that its Prometheus cannot reach",
      charts,
      ["tracing"],
      /observability\.prober: must be left out/,
    ],
    [
      "an address without a scheme",
      { ...charts, kiali: { mode: "address", address: "kiali:80" } },
      ["tracing", "prober"],
      /addons\.kiali\.address: must be an address/,
    ],
  ];
  for (const [what, addons, left, message] of refused)
    it(`refuse ${what}`, () => {
      assert.throws(() => parseSettings("Pulumi.prod.yaml", withAddons(addons, left)), message);
    });
});
