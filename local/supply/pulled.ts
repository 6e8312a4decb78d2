import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { charts as catalogue } from "../../platform/charts.ts";
import { LocalError } from "../failure.ts";
import { imageNames, systemImageNames } from "../images/recipes.ts";
import type { Supply } from "./supply.ts";

interface Chart {
  repository: string;
  name: string;
  version: string;
}

const run = promisify(execFile);
const named = (names: readonly string[]) => names.map((name) => ({ pull: name }));

/** Pulled from the registries and chart repositories that the names say. */
export const pulled: Supply = {
  tools: [
    "kubectl",
    "kubernetes",
    "pulumi",
    "pulumi-language-nodejs",
    "pulumi-resource-kubernetes",
  ],
  systemImages: () => Promise.resolve(named(systemImageNames)),
  images: () => Promise.resolve(named(imageNames)),
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
      env: { ...process.env, ...homes },
    });
    await rename(join(scratch, file), join(mirror, file));
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n").at(-1) : "";
    throw new LocalError(
      `The chart ${name} ${version} cannot be pulled from ${repository}: ${reason}`,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
