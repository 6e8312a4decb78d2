import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { podMonitors } from "../../../components/observability/monitors.ts";
import { prometheusTools } from "../../../local/toolchain/prometheus.ts";
import { run } from "../../../local/toolchain/run.ts";
import { scrapeConfig, type Pod } from "../../e2e/scrape-config.ts";

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
const gatewayLabels = { istio: "ingressgateway" };
const pods = [
  pod("istio-ingress", "gateway-0", gatewayLabels, "10.0.0.1"),
  pod("istio-ingress", "gateway-1", gatewayLabels),
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
    const promtool = join(await prometheusTools(), "promtool");
    const { code, output } = await run(promtool, ["check", "config", path]);
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

  it("reads Vault's authority from a file", () => {
    const vault = config().scrape_configs.find((one) => one.job_name === "vault/vault");
    assert.deepEqual(vault?.tls_config, {
      server_name: "vault.vault.svc",
      ca_file: join(folder, "vault-vault-server-tls-ca.crt"),
    });
  });
});
