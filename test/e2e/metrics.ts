import assert from "node:assert/strict";
import { after, before, it } from "mocha";
import { metrics } from "../../components/observability/metrics.ts";
import { jobOf } from "../../components/observability/monitors.ts";
import { kubernetes, list, until } from "./platform.ts";
import { Prometheus } from "./prometheus.ts";
import {
  monitorsOf,
  scrapeConfig,
  type Pod,
  type PodMonitorObject,
} from "../support/scrape-config.ts";

const istioStats = "stock Envoy lacks Istio's statistics filter";

/** Metrics that nothing on the local cluster exports, and why. */
const unavailable: Record<string, string> = {
  ...because(namesOf("kubeStateMetrics"), "kube-state-metrics cannot be had"),
  ...because(namesOf("blackboxExporter"), "there is no blackbox exporter"),
  ...because(
    namesOf("istio").filter((name) => name.startsWith("istio_")),
    istioStats,
  ),
  externalsecret_sync_calls_error: "it begins with the first sync that fails",
  ccp_backrest_last_incr_backup_time_since_completion_seconds:
    "it begins with the first incremental backup, which is due hours later",
};

function namesOf(exporter: string): string[] {
  return Object.keys(metrics[exporter] ?? {});
}

function because(names: string[], reason: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

/** Tests for the running platform with monitors: a real Prometheus reads what they point to. */
export function metricsInPrometheus(): void {
  const prometheus = new Prometheus();
  let jobs: string[] = [];
  before(async () => {
    const monitors = monitorsOf(await objects<PodMonitorObject>("podmonitors"));
    jobs = monitors.map(jobOf);
    await prometheus.start(
      scrapeConfig({
        monitors,
        pods: await podsOfNow(),
        ruleFiles: [await ruleFile(prometheus)],
        secretFile: await secretFiles(prometheus),
      }),
    );
  });
  after(() => prometheus.stop());

  it("finds targets for every monitor", async () => {
    let without: string[] = [];
    const complete = async () => {
      const found = new Set((await prometheus.targets()).map(({ labels }) => labels.job));
      without = jobs.filter((job) => !found.has(job));
      return without.length === 0;
    };
    await until("targets", 30, complete).catch(() => undefined);
    assert.deepEqual(without, []);
  });

  it("reads every target, in clear or over verified TLS as its monitor says", async () => {
    let down: string[] = [];
    const allUp = async () => {
      const targets = await prometheus.targets();
      down = targets
        .filter(({ health }) => health !== "up")
        .map(({ labels, lastError }) => `${labels.job} ${labels.pod ?? ""}: ${lastError}`);
      return down.length === 0;
    };
    await until("a scrape of every target", 60, allUp).catch(() => undefined);
    assert.deepEqual(down, []);
  });

  it("has every metric that an alert or a dashboard names, but those that nothing here exports", async () => {
    let missing: string[] = [];
    const complete = async () => {
      const seen = new Set(await prometheus.metrics());
      const wanted = Object.values(metrics).flatMap((exported) => Object.keys(exported));
      missing = wanted.filter((name) => !seen.has(name) && !(name in unavailable));
      return missing.length === 0;
    };
    await until("every metric", 180, complete).catch(() => undefined);
    assert.deepEqual(missing, []);
  });

  it("evaluates every rule of the cluster without a fault", async () => {
    const tried = async () => (await prometheus.rules()).pending === 0;
    await until("an evaluation of every rule", 60, tried);
    assert.deepEqual((await prometheus.rules()).faults, []);
  });
}

/** A Prometheus that watches the database alone, with every rule of the cluster. */
export async function watchedPostgres(): Promise<Prometheus> {
  const prometheus = new Prometheus();
  const monitors = monitorsOf(await objects<PodMonitorObject>("podmonitors"));
  await prometheus.start(
    scrapeConfig({
      monitors: monitors.filter(({ namespace }) => namespace === "postgres"),
      pods: await podsOfNow(),
      ruleFiles: [await ruleFile(prometheus)],
      secretFile: await secretFiles(prometheus),
    }),
  );
  const seen = async () => (await prometheus.metrics()).includes("ccp_is_in_recovery_status");
  await until("a scrape of the database", 60, seen);
  return prometheus;
}

const objects = async <T>(plural: string) =>
  (await list(`/apis/monitoring.coreos.com/v1/${plural}`)) as unknown as T[];

const podsOfNow = async () => (await list("/api/v1/pods")) as unknown as Pod[];

async function ruleFile(prometheus: Prometheus): Promise<string> {
  const rules = await objects<{ spec: { groups: object[] } }>("prometheusrules");
  const groups = rules.flatMap(({ spec }) => spec.groups);
  assert.ok(groups.length > 0, "there is no PrometheusRule in the cluster");
  return prometheus.file("rules.json", JSON.stringify({ groups }));
}

/** Prometheus reads authorities from files; they are public parts of the Secrets that monitors name. */
async function secretFiles(prometheus: Prometheus) {
  const { core } = kubernetes();
  const { items } = await core.listNamespacedSecret({ namespace: "vault" });
  return (namespace: string, { name, key }: { name: string; key: string }) => {
    const secret = items.find((item) => item.metadata?.name === name);
    const value = secret?.data?.[key];
    assert.ok(namespace === "vault" && value !== undefined, `${namespace}/${name} has no ${key}`);
    return prometheus.file(`${name}-${key}`, Buffer.from(value, "base64").toString());
  };
}
