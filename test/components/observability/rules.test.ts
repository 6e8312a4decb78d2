import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import {
  kubeStateCollectors,
  metrics,
  targetLabels,
} from "../../../components/observability/metrics.ts";
import { prometheusValues } from "../../../components/observability/addons/prometheus.ts";
import { alerts, ruleGroups } from "../../../components/observability/rules.ts";
import { longestGap } from "../../../components/observability/schedule.ts";
import { promtoolPath } from "../../support/prometheus.ts";
import { tryRun } from "../../../local/lib/run.ts";
import { dashboardExpressions, readingsOf } from "./expressions.ts";
import { cases, thresholds, type Case } from "./cases.ts";

const firing = (alert: string) => `count(ALERTS{alertname="${alert}",alertstate="firing"})`;

/** Every expression of a rule or a dashboard. */
const expressions = () => [
  ...ruleGroups(thresholds).groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
  ...dashboardExpressions(),
];

interface Expectation extends Case {
  alert: string;
  /** Whether the alert is to fire. */
  expected: boolean;
}

/** Cases that read different series share a test: making its database is what takes promtool's time. */
function batches(expectations: Expectation[]): Expectation[][] {
  const source = (series: string) => series.split(",")[0] ?? series;
  const sources = ({ series }: Case) => Object.keys(series).map(source);
  const result: Expectation[][] = [];
  for (const one of expectations) {
    const apart = (other: Expectation) =>
      !sources(other).some((name) => sources(one).includes(name));
    const batch = result.find((others) => others.every(apart));
    if (batch === undefined) result.push([one]);
    else batch.push(one);
  }
  return result;
}

function promtoolTest(batch: Expectation[]) {
  return {
    interval: "1m",
    input_series: batch.flatMap(({ series }) =>
      Object.entries(series).map(([name, values]) => ({ series: name, values })),
    ),
    promql_expr_test: batch.map(({ alert, expected, minutes = 30 }) => ({
      expr: `(${firing(alert)} or vector(0)) > bool 0`,
      eval_time: `${minutes}m`,
      exp_samples: [{ labels: "{}", value: expected ? 1 : 0 }],
    })),
  };
}

describe("The alerting rules", function () {
  this.timeout(300_000);
  let folder = "";
  let promtool = "";
  const write = (name: string, content: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "rules-"));
    promtool = await promtoolPath();
    write("rules.json", ruleGroups(thresholds));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("are what Prometheus reads", async () => {
    const { code, output } = await tryRun(promtool, ["check", "rules", join(folder, "rules.json")]);
    assert.equal(code, 0, output);
  });

  it("fire when they should, and not when all is well", async () => {
    const names = alerts(thresholds).map(({ name }) => name);
    assert.deepEqual(Object.keys(cases).sort(), [...names].sort());
    const expectations = Object.entries(cases).flatMap(([alert, { fires, quiet }]) => [
      { alert, ...fires, expected: true },
      { alert, ...quiet, expected: false },
    ]);
    const file = write("test.json", {
      rule_files: ["rules.json"],
      evaluation_interval: "1m",
      tests: batches(expectations).map(promtoolTest),
    });
    const { code, output } = await tryRun(promtool, ["test", "rules", file]);
    assert.equal(code, 0, output);
  });

  it("read, like the dashboards, only metrics that are in the list, which holds no other", () => {
    const known = Object.values(metrics).flatMap((exported) => Object.keys(exported));
    const used = new Set(expressions().flatMap((expr) => readingsOf(expr).metrics));
    const made = ({ record }: { record?: string }) => record ?? "";
    const records = ruleGroups(thresholds).groups.flatMap(({ rules }) => rules.map(made));
    assert.deepEqual([...used].filter((name) => !records.includes(name)).sort(), known.sort());
  });

  it("read, like the dashboards, only labels that their metrics have", () => {
    const labels = Object.assign({}, ...Object.values(metrics)) as Record<string, string[]>;
    for (const expr of expressions())
      for (const { label, metrics: from } of readingsOf(expr).labels) {
        const has = (name: string) => [...targetLabels, ...(labels[name] ?? [])].includes(label);
        assert.ok(from.some(has), `${label} of ${from.join(", ")}`);
      }
  });

  it("have every collector of kube-state-metrics on, where the program brings it", () => {
    const values = prometheusValues({
      mode: "chart",
      requests: { cpu: "1", memory: "1Gi" },
      storage: "1Gi",
      retention: "1d",
      storageClass: "x",
      labels: {},
    });
    assert.deepEqual(kubeStateCollectors, ["cronjobs", "deployments", "jobs"]);
    assert.deepEqual(values["kube-state-metrics"].collectors, kubeStateCollectors);
  });

  it("find the bound of 500 ms as Prometheus 2 and as Prometheus 3 write it, and no other", () => {
    const [matcher = ""] = expressions().flatMap((expr) => /le=~"(.+?)"/.exec(expr)?.[1] ?? []);
    const pattern = new RegExp(`^(?:${matcher.replaceAll("\\\\", "\\")})$`);
    for (const bound of ["500", "500.0"]) assert.match(bound, pattern);
    for (const bound of ["5000", "50", "500x0", "2500", "500.05"])
      assert.doesNotMatch(bound, pattern);
  });

  it("leave out what cannot be: replicas of one server, copies that are not made, probes nobody makes", () => {
    const names = alerts({
      ...thresholds,
      vault: { replicas: 1 },
      database: { instances: 1 },
      redis: { replicas: 1, sentinels: 1 },
      probes: false,
    }).map(({ name }) => name);
    for (const absent of [
      "PostgresReplicaLag",
      "BackupTooOld",
      "VaultSnapshotTooOld",
      "RedisReplicationBroken",
      "CertificateExpiresSoon",
    ])
      assert.ok(!names.includes(absent), absent);
    assert.ok(names.includes("PostgresDown"));
  });
});

describe("The longest pause of a backup schedule", () => {
  const hour = 3600;
  const known: [string, number][] = [
    ["0 3 * * *", 24 * hour],
    ["0 */6 * * *", 6 * hour],
    ["30 1,13 * * *", 12 * hour],
    ["0 3 * * 0", 7 * 24 * hour],
    ["0 0,3 * * *", 21 * hour],
    ["* * 1 * *", 30 * 24 * hour + 60],
    ["0 3 1 * 1", 7 * 24 * hour],
    ["0 3 */10 * 1", 7 * 24 * hour],
    ["0 3 */1 * 1", 7 * 24 * hour],
    ["0 3 1 * *,2", 31 * 24 * hour],
    ["0 3 1 * */2", 2 * 24 * hour],
    ["0 3 29 2 *", 4 * 365.25 * 24 * hour],
    ["0 3 * * 1-5", 3 * 24 * hour],
    ["0 3 1 * *", 31 * 24 * hour],
  ];
  for (const [schedule, seconds] of known)
    it(`${schedule} is ${seconds / hour} hours`, () => {
      assert.equal(longestGap(schedule), seconds);
    });
});
