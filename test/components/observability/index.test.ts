import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { images } from "../../../platform/images.ts";
import { restrictedContainer } from "../../../platform/pods.ts";
import { podMonitors, podMonitorSpec } from "../../../components/observability/monitors.ts";
import { outside } from "../../support/outside.ts";
import { mark, release, synth, type Synthesis } from "../../support/synth.ts";

const failover = "kubernetes:databases.spotahome.com/v1:RedisFailover::shlink-redis";
const postgres = "kubernetes:postgres-operator.crunchydata.com/v1beta1:PostgresCluster::shlink-db";
const monitoring = (kind: string, name: string) =>
  `kubernetes:monitoring.coreos.com/v1:${kind}::${name}`;
const monitoringOf = ({ registrations }: Synthesis) =>
  registrations.filter(({ inputs }) => inputs["apiVersion"] === "monitoring.coreos.com/v1");
const vaultConfigOf = (stack: Synthesis) =>
  stack.input(release("vault"), "values", "server", "ha", "raft", "config") as string;

describe("Observability", () => {
  let prod: Synthesis;
  /** Prod without it. */
  let off: Synthesis;
  before(async () => {
    prod = await synth("prod");
    off = await synth("prod", { observability: { mode: "none" } });
  });

  it("is nothing when it is off", async () => {
    const dev = await synth("dev");
    assert.deepEqual(monitoringOf(dev), []);
    assert.deepEqual(dev.of("Observability"), []);
  });

  it("watches every part, in the namespace of its pods, under the labels of the cluster's Prometheus", () => {
    const places = monitoringOf(prod).map(({ inputs }) => {
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

  it("watches no database and no Redis that others run, and misses none of their operators", async () => {
    const stack = await synth("prod", outside("prod"));
    const names = monitoringOf(stack).map(({ name }) => name);
    for (const name of ["postgres", "redis", "redis-sentinel", "redis-operator"])
      assert.ok(!names.includes(`${name}-podmonitor`), name);
    const rules = JSON.stringify(
      stack.input(monitoring("PrometheusRule", "shlink-platform-prometheusrule"), "spec"),
    );
    for (const absent of ["Postgres", "BackupTooOld", '"Redis', "-operator", "postgres/postgres"])
      assert.ok(!rules.includes(absent), absent);
    assert.match(rules, /namespace=~."external-secrets."/);
    const dashboards = stack.input("kubernetes:core/v1:ConfigMap::dashboards", "data") as object;
    assert.deepEqual(Object.keys(dashboards), ["shlink-secrets.json", "shlink-traffic.json"]);
  });

  it("reads Vault over verified TLS", () => {
    const monitor = monitoring("PodMonitor", "vault-podmonitor");
    assert.deepEqual(prod.input(monitor, "spec", "podMetricsEndpoints", 0), {
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

  it("makes Vault's servers keep metrics and show them, sealed or not, only when it is on", () => {
    const config = vaultConfigOf(prod);
    assert.match(
      config,
      /^ {2}telemetry \{\n {4}unauthenticated_metrics_access = true\n {2}\}\n\}$/m,
    );
    assert.match(
      config,
      /^telemetry \{\n {2}prometheus_retention_time = "24h"\n {2}disable_hostname = true\n\}$/m,
    );
    assert.doesNotMatch(vaultConfigOf(off), /telemetry|metrics/);
  });

  it("puts an exporter beside every server of Redis and PostgreSQL and every sentinel, only when it is on", () => {
    for (const part of ["redis", "sentinel"]) {
      assert.equal(off.input(failover, "spec", part, "exporter"), undefined);
      assert.deepEqual(prod.input(failover, "spec", part, "exporter"), {
        enabled: true,
        image: images.redisExporter,
        imagePullPolicy: "IfNotPresent",
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        containerSecurityContext: restrictedContainer,
      });
    }
    assert.equal(off.input(postgres, "spec", "monitoring"), undefined);
    assert.deepEqual(prod.input(postgres, "spec", "monitoring"), {
      pgmonitor: {
        exporter: {
          resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        },
      },
    });
  });

  it("takes the sidecar's merged metrics, from the port that no container declares", () => {
    assert.deepEqual(prod.input(monitoring("PodMonitor", "shlink-podmonitor"), "spec"), {
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
    assert.deepEqual(prod.input(monitoring("Probe", "certificates-probe"), "spec"), {
      interval: "5m",
      module: "tls_expiry",
      prober: { url: "blackbox-exporter.monitoring.svc:9115" },
      targets: { staticConfig: { static: ["s.example.com:443", "vault.vault.svc:8200"] } },
    });
    const without = await synth("prod", { observability: { prober: undefined } });
    assert.ok(!without.has("certificates-probe"));
    assert.doesNotMatch(JSON.stringify(monitoringOf(without)), /CertificateExpires/);
  });

  it("takes the thresholds from the other parts' settings", () => {
    const rule = monitoring("PrometheusRule", "shlink-platform-prometheusrule");
    const rules = JSON.stringify(prod.input(rule, "spec"));
    // The nightly schedule's 24 hours and 6 more.
    assert.match(rules, /time_since_completion_seconds\) > 108000/);
    assert.match(rules, /vault\/vault\\"}\) < 3/);
    assert.match(rules, /redis_connected_slaves\{job=\\"redis\/redis\\"}\) < 2/);
  });
});
