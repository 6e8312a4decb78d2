import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { objectiveRecords } from "../../../components/observability/alerts/objectives.ts";
import { dashboardFiles, dashboards } from "../../../components/observability/dashboards/index.ts";
import { podMonitors, jobOf } from "../../../components/observability/monitors.ts";
import { promtoolPath } from "../../support/prometheus.ts";
import { tryRun } from "../../../local/lib/run.ts";
import { mark, synth, winning } from "../../support/synth.ts";
import { dashboardExpressions, healthy } from "./expressions.ts";

interface Model {
  uid: string;
  templating: { list: { name: string; type: string }[] };
  panels: {
    id: number;
    gridPos: { x: number; y: number; w: number; h: number };
    datasource: { uid: string };
    targets: { refId: string; expr: string }[];
  }[];
}
const models = () =>
  Object.values(dashboardFiles(healthy)).map((text) => JSON.parse(text) as Model);
const configMap = "kubernetes:core/v1:ConfigMap::dashboards";

describe("The dashboards", function () {
  this.timeout(300_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "dashboards-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("ask only what Prometheus understands", async () => {
    const rules = dashboardExpressions().map((expr, index) => ({ record: `panel:${index}`, expr }));
    assert.ok(rules.length > 40);
    const file = join(folder, "panels.json");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
    const promtool = await promtoolPath();
    const { code, output } = await tryRun(promtool, ["check", "rules", file]);
    assert.equal(code, 0, output);
  });

  it("name only jobs that a monitor makes, and records that a rule makes", () => {
    const text = dashboardExpressions().join("\n");
    const made = podMonitors({ vaultTls: { mode: "plaintext" } }).map(jobOf);
    const jobs = [...text.matchAll(/job="([^"]+)"/g)].map(([, job]) => job ?? "");
    assert.deepEqual(
      [...new Set(jobs)].filter((job) => !made.includes(job)),
      [],
    );
    const records = objectiveRecords({}).map(({ record }) => record);
    const read = text.match(/shlink:\w+:\w+/g) ?? [];
    assert.ok(read.length > 0);
    assert.deepEqual(
      read.filter((record) => !records.includes(record)),
      [],
    );
  });

  it("have an address each, and let who looks choose the Prometheus", () => {
    const ids = models().map(({ uid }) => uid);
    assert.equal(new Set(ids).size, dashboards(healthy).length);
    for (const { templating, panels } of models()) {
      assert.deepEqual(
        templating.list.map(({ name, type }) => [name, type]),
        [["datasource", "datasource"]],
      );
      for (const { datasource } of panels) assert.equal(datasource.uid, "${datasource}");
    }
  });

  it("lay out their panels without an overlap, within Grafana's 24 columns", () => {
    for (const { uid, panels } of models()) {
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, uid);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
        assert.ok(x >= 0 && x + w <= 24, uid);
        return Array.from(
          { length: w * h },
          (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`,
        );
      });
      assert.equal(new Set(cells).size, cells.length, uid);
      for (const { targets } of panels)
        assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
    }
  });

  it("are red only where fewer than a majority of the stack's own sentinels answer or agree", () => {
    for (const [sentinels, majority] of [
      [1, 1],
      [3, 2],
      [5, 3],
    ] as const) {
      const [, , redis] = dashboards({ database: {}, redis: { sentinels } });
      const panels = redis?.panels.filter(({ title }) => title.startsWith("Sentinels")) ?? [];
      assert.deepEqual(
        panels.map(({ number }) => number?.healthyFrom),
        [majority, majority],
        `${sentinels} sentinels`,
      );
    }
  });

  it("are one small ConfigMap under the label and with the folder that the stack file names", async () => {
    const prod = await synth("prod");
    assert.deepEqual(prod.input(configMap, "metadata"), {
      name: "shlink-dashboards",
      namespace: "platform",
      labels: { grafana_dashboard: "1", ...mark("prod") },
      annotations: { grafana_folder: "Shlink", ...winning },
    });
    const data = prod.input(configMap, "data") as object;
    assert.deepEqual(Object.keys(data).sort(), [
      "shlink-database.json",
      "shlink-redis.json",
      "shlink-secrets.json",
      "shlink-traffic.json",
    ]);
    // Every preview reads and compares it.
    assert.ok(JSON.stringify(data).length < 32 * 1024);
  });

  it("are not there without a Grafana that takes them", async () => {
    const without = await synth("prod", { observability: { dashboards: undefined } });
    for (const stack of [without, await synth("dev")]) assert.ok(!stack.has("dashboards"));
  });
});
