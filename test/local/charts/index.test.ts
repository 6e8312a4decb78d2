import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { parse } from "yaml";
import { charts, locate, usedCharts } from "../../../platform/charts.ts";
import { buildCharts, type ChartVersions } from "../../../local/charts/index.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

const metadata = (name: string): string =>
  `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nappVersion: 1.0.0\n`;

/** Just enough of the three modules, with files that only their owner may read, as unpacked ones are. */
function modules(): string {
  const root = temporaryFolder();
  const istio = join(root, "istio/manifests/charts");
  put(join(istio, "base/Chart.yaml"), metadata("base"), 0o444);
  put(join(istio, "gateway/Chart.yaml"), metadata("gateway"), 0o444);
  put(join(istio, "istio-control/istio-discovery/Chart.yaml"), metadata("istiod"), 0o444);
  put(
    join(istio, "istio-control/istio-discovery/values.yaml"),
    "_internal_defaults_do_not_set:\n  env: {}\n  telemetry:\n    enabled: true\n  global:\n" +
      "    hub: registry.istio.io/testing\n    tag: latest\n",
    0o444,
  );
  put(join(istio, "istio-cni/Chart.yaml"), metadata("cni"), 0o444);
  put(
    join(istio, "istio-cni/values.yaml"),
    "_internal_defaults_do_not_set:\n  global:\n    hub: registry.istio.io/testing\n    tag: latest\n",
    0o444,
  );
  const eso = join(root, "external-secrets/deploy");
  put(
    join(eso, "charts/external-secrets/Chart.yaml"),
    `${metadata("external-secrets")}dependencies:\n  - name: bitwarden-sdk-server\n`,
  );
  put(join(eso, "charts/external-secrets/Chart.lock"), "digest: x\n");
  put(join(eso, "charts/external-secrets/templates/crds/README.md"), "generated\n");
  put(join(eso, "crds/bundle.yaml"), "kind: CustomResourceDefinition\n");
  const redis = join(root, "redis-operator/charts/redisoperator");
  put(
    join(redis, "Chart.yaml"),
    "apiVersion: v1\nname: redis-operator\nappVersion: 1.2.4\nversion: 3.2.6\n",
  );
  put(join(redis, "crds/databases.yaml"), "kind: CustomResourceDefinition\n");
  return root;
}

async function mirror(versions?: ChartVersions): Promise<string> {
  const [folder, sources] = [temporaryFolder(), modules()];
  const moduleFolder = (name: string) => Promise.resolve(join(sources, name));
  await buildCharts(folder, { moduleFolder }, versions);
  return folder;
}

let built = "";
const inside = (chart: string): string[] =>
  execFileSync("tar", ["-tf", join(built, chart)])
    .toString()
    .trim()
    .split("\n");
const text = (chart: string, file: string): string =>
  execFileSync("tar", ["-xOf", join(built, chart), file]).toString();

before(async () => {
  built = await mirror();
});

describe("chart mirror", () => {
  const used = usedCharts({ cni: true, redisOperator: "spotahome", addons: [] });

  it("has a file for every chart of the local stacks, where the program looks for it", () => {
    for (const name of used) {
      const { chart } = locate(name, { mirror: built });
      assert.ok(statSync(chart).size > 0, chart);
    }
    assert.equal(readdirSync(built).length, used.length);
  });

  it("carries in each chart the name and version of its file", () => {
    for (const { name, version } of used.map((chart) => charts[chart])) {
      const chart = parse(text(`${name}-${version}.tgz`, `${name}/Chart.yaml`)) as object;
      assert.deepEqual({ ...chart, name, version }, chart);
    }
  });

  it("is the same, byte for byte, when it is built again elsewhere", async () => {
    const again = await mirror();
    for (const file of readdirSync(built)) {
      const [first, second] = [built, again].map((folder) => readFileSync(join(folder, file)));
      assert.ok(first && second && first.equals(second), file);
    }
  });

  it("has charts of other versions alone where these are wanted, each with its version inside", async () => {
    built = await mirror({ istiod: "1.2.3", pgo: "4.5.6", redisOperator: "7.8.9" });
    const files = ["istiod-1.2.3.tgz", "pgo-4.5.6.tgz", "redis-operator-7.8.9.tgz"];
    assert.deepEqual(readdirSync(built).sort(), files);
    for (const file of files) {
      const [, name = "", version = ""] = /^(.*)-([\d.]+)\.tgz$/.exec(file) ?? [];
      assert.match(text(file, `${name}/Chart.yaml`), new RegExp(`^version: ${version}$`, "m"));
    }
    assert.match(text("istiod-1.2.3.tgz", "istiod/values.yaml"), /^ {4}tag: 1\.2\.3$/m);
    const operator = text("pgo-4.5.6.tgz", "pgo/values.yaml");
    assert.match(operator, /postgres-operator:ubi9-6\.0\.2-0$/m);
    built = await mirror();
    assert.match(text("pgo-6.0.3.tgz", "pgo/values.yaml"), /postgres-operator:ubi9-6\.0\.3-0$/m);
  });

  it("does not touch a file that would not change", async () => {
    const sources = modules();
    const folder = temporaryFolder();
    const files = () => readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs);
    await buildCharts(folder, { moduleFolder: (name) => Promise.resolve(join(sources, name)) });
    const first = files();
    await buildCharts(folder, { moduleFolder: (name) => Promise.resolve(join(sources, name)) });
    assert.deepEqual(files(), first);
  });

  it("leaves out of External Secrets what needs a download or is a note", () => {
    const files = inside(`external-secrets-${charts.externalSecrets.version}.tgz`);
    assert.ok(!files.some((file) => /Chart\.lock|crds\/README/.test(file)), files.join(" "));
    assert.ok(files.some((file) => /templates\/crds\/.+\.yaml$/.test(file)));
  });

  it("keeps CRDs that Helm must not template in crds/", () => {
    for (const chart of [charts.pgo, charts.redisOperator]) {
      const files = inside(`${chart.name}-${chart.version}.tgz`);
      assert.ok(
        files.some((file) => file.startsWith(`${chart.name}/crds/`)),
        chart.name,
      );
      for (const file of files.filter((name) => /\/crds\/.+\.yaml$/.test(name))) {
        assert.ok(!text(`${chart.name}-${chart.version}.tgz`, file).includes("{{"), file);
      }
    }
  });
});
