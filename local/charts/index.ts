import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { charts } from "../../platform/charts.ts";
import type { ModuleName } from "../images/recipe.ts";
import { externalSecretsChart, istiodChart, istioImages, released } from "./adapt.ts";

export interface ChartInputs {
  /** Files of the Go modules that carry the real charts. */
  moduleFolder: (name: ModuleName) => string;
}

type Chart = { name: string; version: string };
type Make = (folder: string, chart: Chart, inputs: ChartInputs) => Promise<void>;

const run = promisify(execFile);
const istio = "manifests/charts";

/** How each chart of the catalogue comes to be: from the real project's sources, or as a substitute. */
const sources: [Chart, Make][] = [
  [charts.istioBase, copied("istio", `${istio}/base`)],
  [charts.istioCni, editedIstio(`${istio}/istio-cni`, istioImages)],
  [charts.istiod, editedIstio(`${istio}/istio-control/istio-discovery`, istiodChart)],
  [charts.istioGateway, copied("istio", `${istio}/gateway`)],
  [charts.externalSecrets, externalSecretsFrom("deploy/charts/external-secrets")],
  [charts.redisOperator, copied("redis-operator", "charts/redisoperator")],
  [charts.vault, substitute("vault")],
  [charts.pgo, substitute("pgo")],
];

/** Fills a mirror folder with `<name>-<version>.tgz` for every chart of the local stacks. */
export async function buildCharts(mirror: string, inputs: ChartInputs): Promise<void> {
  await mkdir(mirror, { recursive: true });
  for (const [chart, make] of sources)
    await buildChart(mirror, chart, (folder) => make(folder, chart, inputs));
}

async function buildChart(
  mirror: string,
  { name, version }: Chart,
  make: (folder: string) => Promise<void>,
) {
  const scratch = await mkdtemp(join(tmpdir(), "shlink-platform-chart-"));
  try {
    await make(join(scratch, name));
    const packed = join(scratch, "packed.tgz");
    // The same content makes the same bytes: a release whose chart did not change must not look changed.
    const fixed = [
      "--sort=name",
      "--mtime=@0",
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--mode=u=rwX,go=rX",
    ];
    await run("tar", [...fixed, "-I", "gzip -n", "-cf", packed, "-C", scratch, name]);
    await publish(packed, join(mirror, `${name}-${version}.tgz`));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function publish(from: string, to: string): Promise<void> {
  const content = await readFile(from);
  if (existsSync(to) && content.equals(await readFile(to))) return;
  await writeFile(`${to}.draft`, content);
  await rename(`${to}.draft`, to);
}

function copied(module: ModuleName, path: string): Make {
  return async (folder, chart, inputs) => {
    await copyTree(join(inputs.moduleFolder(module), path), folder);
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
    const module = inputs.moduleFolder("external-secrets");
    const bundle = await readFile(join(module, "deploy/crds/bundle.yaml"), "utf8");
    await writeFile(
      join(folder, "templates/crds/bundle.yaml"),
      externalSecretsChart.definitions(bundle),
    );
    await edit(join(folder, "Chart.yaml"), externalSecretsChart.metadata);
  };
}

function substitute(name: string): Make {
  return (folder) => copyTree(new URL(`${name}/`, import.meta.url).pathname, folder);
}

/** Files of the module cache are read-only; their copies are ours. */
async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  await run("chmod", ["-R", "u+rwX", to]);
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, "utf8")));
}
