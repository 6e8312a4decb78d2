import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { jobOf, podMonitors, podMonitorSpec } from "../../components/observability/monitors.ts";
import { promtoolPath } from "./prometheus.ts";
import { tryRun } from "../../local/lib/run.ts";
import { monitorsOf, scrapeConfig, type Pod } from "./scrape-config.ts";

const pod = (
  namespace: string,
  name: string,
  labels: Record<string, string>,
  podIP?: string,
): Pod => ({
  metadata: { namespace, name, labels },
  spec: {
    containers: [
      { ports: [{ name: "http-envoy-prom", containerPort: 15090 }] },
      { ports: [{ name: "http", containerPort: 8080 }] },
    ],
  },
  status: podIP === undefined ? {} : { podIP },
});
const ended = (one: Pod): Pod => ({ ...one, status: { ...one.status, phase: "Succeeded" } });
const gatewayLabels = { istio: "ingressgateway" };
const pods = [
  pod("istio-ingress", "gateway-0", gatewayLabels, "10.0.0.1"),
  pod("istio-ingress", "gateway-1", gatewayLabels),
  ended(pod("istio-ingress", "gateway-2", gatewayLabels, "10.0.0.4")),
  pod("istio-ingress", "other", { app: "other" }, "10.0.0.2"),
  pod("elsewhere", "gateway", gatewayLabels, "10.0.0.3"),
];

describe("The scrape config of a Prometheus without an operator", function () {
  this.timeout(300_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "scrape-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string) => {
    writeFileSync(join(folder, name), "");
    return join(folder, name);
  };
  const config = () =>
    scrapeConfig({
      monitors: podMonitors({ vaultTls: { mode: "secret", secretName: "vault-server-tls" } }),
      pods,
      ruleFiles: [],
      secretFile: (namespace, { name, key }) => file(`${namespace}-${name}-${key}`),
    });

  it("is what Prometheus reads", async () => {
    const path = file("prometheus.json");
    writeFileSync(path, JSON.stringify(config()));
    const promtool = await promtoolPath();
    const { code, output } = await tryRun(promtool, ["check", "config", path]);
    assert.equal(code, 0, output);
  });

  it("has the selected pods' named port, under the job that the alerts name", () => {
    const gateway = config().scrape_configs.find((one) => one.job_name === "istio-ingress/gateway");
    assert.equal(gateway?.metrics_path, "/stats/prometheus");
    assert.deepEqual(gateway.static_configs, [
      {
        targets: ["10.0.0.1:15090"],
        labels: { namespace: "istio-ingress", pod: "gateway-0" },
      },
    ]);
    assert.deepEqual(gateway.relabel_configs, [
      {
        source_labels: ["__address__"],
        regex: "(.+):\\d+",
        replacement: "$1:15020",
        target_label: "__address__",
      },
    ]);
  });

  it("finds the port of a sidecar that Kubernetes starts as an init container", () => {
    const sidecar = pod("shlink", "shlink-0", { app: "shlink" }, "10.0.0.5");
    const [proxy, ...containers] = sidecar.spec.containers;
    assert.ok(proxy);
    const native = { ...sidecar, spec: { initContainers: [proxy], containers } };
    const { scrape_configs } = scrapeConfig({
      monitors: podMonitors({ vaultTls: { mode: "plaintext" } }),
      pods: [native],
      ruleFiles: [],
      secretFile: () => "",
    });
    const shlink = scrape_configs.find((one) => one.job_name === "shlink/shlink");
    assert.deepEqual(shlink?.static_configs[0]?.targets, ["10.0.0.5:15090"]);
  });

  it("comes from the monitors in the cluster as from the program's own", () => {
    const monitors = podMonitors({ vaultTls: { mode: "plaintext" } });
    const objects = monitors.map((monitor) => ({
      metadata: { namespace: monitor.namespace, name: monitor.name },
      spec: podMonitorSpec(monitor),
    }));
    const read = monitorsOf(objects);
    assert.deepEqual(
      read.map(({ namespace, name }) => `${namespace}/${name}`),
      monitors.map(jobOf),
    );
    for (const [index, monitor] of monitors.entries())
      assert.deepEqual(read[index]?.endpoint, { interval: "30s", ...monitor.endpoint });
  });

  it("reads Vault's authority from a file", () => {
    const vault = config().scrape_configs.find((one) => one.job_name === "vault/vault");
    assert.deepEqual(vault?.tls_config, {
      server_name: "vault.vault.svc",
      ca_file: join(folder, "vault-vault-server-tls-ca.crt"),
    });
  });
});
