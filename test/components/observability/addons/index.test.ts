import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { kialiValues } from "../../../../components/observability/addons/kiali.ts";
import { secretMark } from "../../../../plan/render.ts";
import { namespaceNames } from "../../../../platform/namespaces.ts";
import { readResources } from "../../../../policy/cli/input.ts";
import { judgeAll } from "../../../../policy/cli/judge.ts";
import { policies } from "../../../../policy/rules.ts";
import { release, synth, type Synthesis } from "../../../support/synth.ts";
import { charts, none, requests, withAddons } from "./charts.ts";

const namespace = "kubernetes:core/v1:Namespace::addons";
const dashboards = "kubernetes:core/v1:ConfigMap::addons-dashboards";
const signingKey = "kubernetes:core/v1:Secret::kiali-signing-key";
const tracing = "kubernetes:telemetry.istio.io/v1:Telemetry::mesh-tracing";

const valuesOf = (stack: Synthesis, name: string) =>
  stack.input(release(name), "values") as Record<string, unknown>;

describe("The addons", () => {
  let all: Synthesis;
  before(async () => {
    all = await synth("prod", withAddons(charts));
  });

  it("are addresses in prod, of what the cluster has: nothing is installed", async () => {
    const prod = await synth("prod");
    assert.deepEqual(prod.of("Addons"), []);
    assert.deepEqual((prod.outputs as { addons: object }).addons, {
      prometheus: "http://kube-prometheus-stack-prometheus.monitoring.svc:9090",
      grafana: "http://kube-prometheus-stack-grafana.monitoring.svc:80",
    });
  });

  it("come as charts into a namespace of their own, which refuses unsafe pods", () => {
    const labels = all.input(namespace, "metadata", "labels") as Record<string, string>;
    assert.ok(!(namespaceNames(true) as string[]).includes("addons"));
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    assert.equal(labels["app.kubernetes.io/part-of"], "shlink-platform");
    for (const name of Object.keys(charts)) {
      const { inputs, dependsOn } = all.resource(release(name));
      assert.equal(inputs["namespace"], "addons");
      assert.ok(
        dependsOn.some((key) => key.endsWith("NetworkPolicy::addons-default")),
        name,
      );
    }
  });

  it("are one chart each: the others are not there", async () => {
    const jaeger = { prometheus: none, grafana: none, jaeger: charts.jaeger, kiali: none };
    const some = await synth("prod", withAddons(jaeger));
    const releases = some.registrations.filter(({ parent }) => parent?.endsWith(":Addons::addons"));
    assert.deepEqual(
      releases.map(({ name }) => name),
      ["addons", "addons-default", "addons-jaeger", "jaeger"],
    );
  });

  it("let Prometheus read the monitors, probes and rules by the labels that these have", () => {
    const { prometheus } = valuesOf(all, "prometheus") as {
      prometheus: { prometheusSpec: Record<string, unknown> };
    };
    for (const kind of ["podMonitorSelector", "probeSelector", "ruleSelector"])
      assert.deepEqual(prometheus.prometheusSpec[kind], {
        matchLabels: { release: "kube-prometheus-stack" },
      });
    const [monitors] = all.of("Observability");
    assert.ok(monitors?.dependsOn.some((key) => key.endsWith(":Addons::addons")));
  });

  it("show Grafana the Prometheus, the Jaeger and the dashboards, and no door without a login", () => {
    const values = valuesOf(all, "grafana") as {
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
    assert.deepEqual(values.dashboardsConfigMaps, {
      shlink: all.input(dashboards, "metadata", "name"),
    });
    assert.equal(Object.keys(all.input(dashboards, "data") as object).length, 4);
    assert.deepEqual(values.rbac, { create: false });
    assert.deepEqual(values["grafana.ini"]["auth.anonymous"], { enabled: false });
  });

  it("send the mesh's traces to Jaeger, on the port on which it takes them", () => {
    const { meshConfig } = valuesOf(all, "istiod") as {
      meshConfig: { extensionProviders: object[] };
    };
    assert.deepEqual(meshConfig.extensionProviders, [
      {
        name: "otel",
        opentelemetry: { service: "jaeger.addons.svc.cluster.local", port: 4317 },
      },
    ]);
    const { userconfig } = valuesOf(all, "jaeger") as {
      userconfig: { receivers: { otlp: { protocols: { grpc: { endpoint: string } } } } };
    };
    assert.equal(userconfig.receivers.otlp.protocols.grpc.endpoint, "0.0.0.0:4317");
    assert.equal(all.input(tracing, "spec", "tracing", 0, "randomSamplingPercentage"), 5);
  });

  it("tell Kiali where the others are, and to change nothing; its key is in a Secret", () => {
    const values = valuesOf(all, "kiali") as {
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
    assert.equal(all.input(signingKey, "stringData"), secretMark);
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
    const address = "http://prometheus.monitoring.svc:9090";
    const prometheus = { mode: "address", address };
    const some = await synth(
      "prod",
      withAddons({ ...charts, grafana: none, jaeger: none, prometheus }),
    );
    const { external_services } = valuesOf(some, "kiali") as {
      external_services: Record<string, Record<string, unknown>>;
    };
    assert.deepEqual(external_services["grafana"], { enabled: false });
    assert.equal(external_services["tracing"]?.["enabled"], false);
    assert.equal(external_services["prometheus"]?.["url"], address);
  });

  it("satisfy the policy pack without an exemption", () => {
    const read = readResources("prod", all.text());
    const findings = judgeAll(
      policies,
      read,
      { stackClass: "prod", policies: new Map() },
      "2026-11-25",
    );
    assert.deepEqual(
      findings.filter(({ level }) => level === "mandatory").map(({ message }) => message),
      [],
    );
  });
});
