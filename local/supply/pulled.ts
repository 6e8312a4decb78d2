import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { charts as catalogue } from "../../platform/charts.ts";
import { imageNames, systemImageNames } from "../images/recipes.ts";
import { LocalError, messageOf } from "../lib/failure.ts";
import { run } from "../lib/run.ts";
import type { Supply } from "./supply.ts";

interface Chart {
  repository: string;
  name: string;
  version: string;
}

const pullsOf = (names: readonly string[]) => names.map((name) => ({ pull: name }));

/** Everything is pulled from the registries and chart repositories that the names say. */
export const pulled: Supply = {
  tools: [
    "kubectl",
    "kubernetes",
    "pulumi",
    "pulumi-language-nodejs",
    "pulumi-resource-kubernetes",
  ],
  systemImages: () => Promise.resolve(pullsOf(systemImageNames)),
  images: () => Promise.resolve(pullsOf(imageNames)),
  charts: async (tools, mirror) =>
    pullCharts(Object.values(catalogue), mirror, await tools.path("helm")),
};

/** Fills a mirror folder with `<name>-<version>.tgz`, but for what it holds already. */
export async function pullCharts(charts: Chart[], mirror: string, helm: string): Promise<void> {
  await mkdir(mirror, { recursive: true });
  for (const chart of charts) {
    const file = `${chart.name}-${chart.version}.tgz`;
    if (!existsSync(join(mirror, file))) await pullChart(chart, file, mirror, helm);
  }
}

async function pullChart(
  { repository, name, version }: Chart,
  file: string,
  mirror: string,
  helm: string,
): Promise<void> {
  const scratch = await mkdtemp(join(mirror, ".pull-"));
  const from = repository.startsWith("oci://")
    ? [`${repository}/${name}`]
    : [name, "--repo", repository];
  try {
    const homes = Object.fromEntries(
      ["CACHE", "CONFIG", "DATA"].map((kind) => [`HELM_${kind}_HOME`, join(scratch, kind)]),
    );
    await run(helm, ["pull", ...from, "--version", version, "--destination", scratch], {
      env: homes,
    });
    await rename(join(scratch, file), join(mirror, file));
  } catch (error) {
    throw new LocalError(
      `The chart ${name} ${version} cannot be pulled from ${repository}: ${messageOf(error)}`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
