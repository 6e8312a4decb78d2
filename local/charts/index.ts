import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { chartImages } from "../../platform/chart-images.ts";
import { type ChartName, charts } from "../../platform/charts.ts";
import { olderTags } from "../images/older.ts";
import { publishFile } from "../lib/publish.ts";
import { copyWritable, inScratch } from "../lib/scratch.ts";
import { folderEntries, wholeTree, writeTar } from "../lib/tar.ts";
import type { ModuleName } from "../toolchain/modules.ts";
import { externalSecretsChart, istiodChart, istioImages, released } from "./adapt.ts";

export interface ChartInputs {
  /** Files of the Go modules that carry the real charts. */
  moduleFolder: (name: ModuleName) => Promise<string>;
}

type Chart = { name: string; version: string };
type Make = (folder: string, chart: Chart, inputs: ChartInputs) => Promise<void>;

const istio = "manifests/charts";

/** The making of each chart of the catalogue: from the real project's sources, or as a substitute. */
const sources = {
  istioBase: copied("istio", `${istio}/base`),
  istioCni: editedIstio(`${istio}/istio-cni`, istioImages),
  istiod: editedIstio(`${istio}/istio-control/istio-discovery`, istiodChart),
  istioGateway: copied("istio", `${istio}/gateway`),
  externalSecrets: externalSecretsFrom("deploy/charts/external-secrets"),
  redisOperator: copied("redis-operator", "charts/redisoperator"),
  vault: substitute("vault"),
  pgo: substitute("pgo"),
} satisfies Partial<Record<ChartName, Make>>;

/** Other versions than those of the catalogue. */
export type ChartVersions = Partial<Record<keyof typeof sources, string>>;

/** Fills a mirror folder with `<name>-<version>.tgz` for every chart of the local stacks, or for those in `versions`. */
export async function buildCharts(
  mirror: string,
  inputs: ChartInputs,
  versions?: ChartVersions,
): Promise<void> {
  await mkdir(mirror, { recursive: true });
  for (const [name, make] of Object.entries(sources) as [keyof typeof sources, Make][]) {
    if (versions !== undefined && !(name in versions)) continue;
    const chart = { ...charts[name], version: versions?.[name] ?? charts[name].version };
    await buildChart(mirror, chart, (folder) => make(folder, chart, inputs));
  }
}

async function buildChart(
  mirror: string,
  { name, version }: Chart,
  make: (folder: string) => Promise<void>,
) {
  await inScratch(async (scratch) => {
    await make(join(scratch, name));
    await publishChanged(join(mirror, `${name}-${version}.tgz`), await packed(scratch));
  });
}

/** Packs a folder: the same content makes the same bytes, for a chart that did not change must not look changed. */
async function packed(folder: string): Promise<Buffer> {
  const tar = writeTar(wholeTree(await folderEntries(folder)));
  return promisify(gzip)(await buffer(tar));
}

async function publishChanged(file: string, content: Buffer): Promise<void> {
  if (existsSync(file) && content.equals(await readFile(file))) return;
  await publishFile(file, (handle) => handle.writeFile(content));
}

function copied(module: ModuleName, path: string): Make {
  return async (folder, chart, inputs) => {
    await copyWritable(join(await inputs.moduleFolder(module), path), folder);
    await edit(join(folder, "Chart.yaml"), (text) => released(text, chart));
  };
}

function editedIstio(path: string, values: typeof istiodChart): Make {
  return async (folder, chart, inputs) => {
    await copied("istio", path)(folder, chart, inputs);
    await edit(join(folder, "values.yaml"), (text) => values(text, chart.version));
  };
}

function externalSecretsFrom(path: string): Make {
  return async (folder, chart, inputs) => {
    await copied("external-secrets", path)(folder, chart, inputs);
    // The definitions are generated at release time; the sources hold a note in their place.
    for (const file of ["Chart.lock", "templates/crds/README.md"])
      await rm(join(folder, file), { force: true });
    const module = await inputs.moduleFolder("external-secrets");
    const bundle = await readFile(join(module, "deploy/crds/bundle.yaml"), "utf8");
    await writeFile(
      join(folder, "templates/crds/bundle.yaml"),
      externalSecretsChart.definitions(bundle),
    );
    await edit(join(folder, "Chart.yaml"), externalSecretsChart.metadata);
  };
}

/** The chart of a version before names the image of then, as a published one does. */
function substitute(name: "vault" | "pgo"): Make {
  return async (folder, { version }) => {
    await copyWritable(new URL(`${name}/`, import.meta.url).pathname, folder);
    if (version === charts[name].version) return;
    await edit(join(folder, "Chart.yaml"), (text) =>
      text.replace(/^version: .*$/m, `version: ${version}`),
    );
    const now = chartImages[name].split(":")[1] ?? "";
    await edit(join(folder, "values.yaml"), (text) => text.replace(now, olderTags[name]));
  };
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, "utf8")));
}
