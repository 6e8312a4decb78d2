import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { restrictedContainer } from "../../../platform/pods.ts";
import { podMonitors, podMonitorSpec } from "../../../components/observability/monitors.ts";
import { type Registration, render, stackSettings } from "../../../plan/render.ts";
import { mark } from "../../support/synth.ts";

const monitoring = ({ inputs }: Registration) =>
  inputs["apiVersion"] === "monitoring.coreos.com/v1";
const observabilityOf = async (change: object) => {
  const settings = stackSettings("prod");
  const observability = { ...(settings["observability"] as object), ...change };
  const { registrations } = await render("prod", { ...settings, observability });
  return registrations.filter(monitoring);
};
const named = (list: Registration[], name: string) => {
  const found = list.find((one) => one.name === name);
  assert.ok(found, name);
  return found.inputs as { metadata: object; spec: object };
};
const renderedWithout = async () => {
  const settings = { ...stackSettings("prod"), observability: { mode: "none" } };
  return (await render("prod", settings)).registrations;
};
type Part = { exporter?: object };
const specOf = (list: Registration[], kind: string) => {
  const found = list.find(({ inputs }) => inputs["kind"] === kind);
  assert.ok(found, kind);
  return found.inputs["spec"] as Record<string, unknown>;
};
const vaultConfigOf = (list: Registration[]) => {
  const release = list.find(({ type, name }) => type.endsWith(":Release") && name === "vault");
  const { server } = release?.inputs["values"] as {
    server: { ha: { raft: { config: string } } };
  };
  return server.ha.raft.config;
};
const vaultEndpoint = (list: Registration[]) => {
  const { podMetricsEndpoints } = named(list, "vault-podmonitor").spec as {
    podMetricsEndpoints: object[];
  };
  return podMetricsEndpoints[0];
};

describe("Observability", () => {
  let prod: Registration[] = [];
  before(async () => {
    prod = await observabilityOf({});
  });

  it("is nothing when it is off", async () => {
    const { registrations } = await render("dev");
    assert.deepEqual(registrations.filter(monitoring), []);
    assert.ok(!registrations.some(({ type }) => type.endsWith(":Observability")));
  });

  it("watches every part, in the namespace of its pods, under the labels of the cluster's Prometheus", () => {
    const places = prod.map(({ inputs }) => {
      const { kind, metadata } = inputs as {
        kind: string;
        metadata: { namespace: string; name: string; labels: object };
      };
      assert.deepEqual(metadata.labels, { release: "kube-prometheus-stack", ...mark("prod") });
      return `${kind} ${metadata.namespace}/${metadata.name}`;
    });
    assert.deepEqual(places.sort(), [
      "PodMonitor external-secrets/external-secrets",
      "PodMonitor istio-ingress/gateway",
      "PodMonitor istio-system/istiod",
      "PodMonitor postgres/postgres",
      "PodMonitor redis-operator/redis-operator",
      "PodMonitor redis/redis",
      "PodMonitor redis/redis-sentinel",
      "PodMonitor shlink/shlink",
      "PodMonitor vault/vault",
      "Probe platform/certificates",
      "PrometheusRule platform/shlink-platform",
    ]);
  });

  it("reads Vault over verified TLS", () => {
    assert.deepEqual(vaultEndpoint(prod), {
      interval: "30s",
      port: "https",
      path: "/v1/sys/metrics",
      params: { format: ["prometheus"] },
      scheme: "https",
      tlsConfig: {
        serverName: "vault.vault.svc",
        ca: { secret: { name: "vault-server-tls", key: "ca.crt" } },
      },
    });
  });

  it("reads a plaintext Vault on its plaintext port", () => {
    const [vault] = podMonitors({ vaultTls: { mode: "plaintext" } });
    assert.ok(vault);
    assert.deepEqual(podMonitorSpec(vault).podMetricsEndpoints, [
      {
        interval: "30s",
        port: "http",
        path: "/v1/sys/metrics",
        params: { format: ["prometheus"] },
      },
    ]);
  });

  it("makes Vault's servers keep metrics and show them, sealed or not, only when it is on", async () => {
    const { registrations } = await render("prod");
    const config = vaultConfigOf(registrations);
    assert.match(
      config,
      /^ {2}telemetry \{\n {4}unauthenticated_metrics_access = true\n {2}\}\n\}$/m,
    );
    assert.match(
      config,
      /^telemetry \{\n {2}prometheus_retention_time = "24h"\n {2}disable_hostname = true\n\}$/m,
    );
    assert.doesNotMatch(vaultConfigOf(await renderedWithout()), /telemetry|metrics/);
  });

  it("puts an exporter beside every server of Redis and PostgreSQL and every sentinel, only when it is on", async () => {
    const { registrations } = await render("prod");
    const { redis, sentinel } = specOf(registrations, "RedisFailover") as Record<string, Part>;
    for (const part of [redis, sentinel])
      assert.deepEqual(part?.exporter, {
        enabled: true,
        image: images.redisExporter,
        imagePullPolicy: "IfNotPresent",
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        containerSecurityContext: restrictedContainer,
      });
    assert.deepEqual(specOf(registrations, "PostgresCluster")["monitoring"], {
      pgmonitor: {
        exporter: {
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        },
      },
    });
    const off = await renderedWithout();
    const without = specOf(off, "RedisFailover") as Record<string, Part>;
    assert.equal(without["redis"]?.exporter, undefined);
    assert.equal(without["sentinel"]?.exporter, undefined);
    assert.equal(specOf(off, "PostgresCluster")["monitoring"], undefined);
  });

  it("takes the sidecar's merged metrics, from the port that no container declares", () => {
    assert.deepEqual(named(prod, "shlink-podmonitor").spec, {
      selector: { matchLabels: { app: "shlink" } },
      podMetricsEndpoints: [
        {
          interval: "30s",
          port: "http-envoy-prom",
          path: "/stats/prometheus",
          relabelings: [
            {
              sourceLabels: ["__address__"],
              regex: "(.+):\\d+",
              replacement: "$1:15020",
              targetLabel: "__address__",
            },
          ],
        },
      ],
    });
  });

  it("looks at the certificates of the gateway and of Vault, or at none and has no alert about them", async () => {
    assert.deepEqual(named(prod, "certificates-probe").spec, {
      interval: "5m",
      module: "tls_expiry",
      prober: { url: "blackbox-exporter.monitoring.svc:9115" },
      targets: { staticConfig: { static: ["s.example.com:443", "vault.vault.svc:8200"] } },
    });
    const without = await observabilityOf({ prober: undefined });
    assert.ok(!without.some(({ name }) => name === "certificates-probe"));
    assert.doesNotMatch(JSON.stringify(without), /CertificateExpires/);
  });

  it("takes the thresholds from the other parts' settings", () => {
    const rules = JSON.stringify(named(prod, "shlink-platform-prometheusrule").spec);
    // The nightly schedule's 24 hours and 6 more.
    assert.match(rules, /time_since_completion_seconds\) > 108000/);
    assert.match(rules, /vault\/vault\\"}\) < 3/);
    assert.match(rules, /redis_connected_slaves\{job=\\"redis\/redis\\"}\) < 2/);
  });
});
