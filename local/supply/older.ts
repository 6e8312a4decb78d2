import { charts } from "../../platform/charts.ts";
import { buildCharts, type ChartVersions } from "../charts/index.ts";
import { bringImages } from "../cluster/index.ts";
import { buildImages } from "../images/build.ts";
import { olderRecipes, olderTags } from "../images/older.ts";
import { chartMirror, supplyRecord } from "../lib/paths.ts";
import { startTools, toolNames } from "../toolchain/index.ts";
import { type ModuleName, olderVersions } from "../toolchain/modules.ts";
import { inputsOf } from "./built.ts";
import { chooseSupply } from "./index.ts";
import { pullCharts } from "./pulled.ts";
import type { Report } from "./supply.ts";

/** The versions from which a stack is upgraded: of each chart the one before that can be had. */
export const olderCharts = {
  istioBase: olderTags.istio,
  istiod: olderTags.istio,
  istioGateway: olderTags.istio,
  vault: "0.34.0",
  externalSecrets: olderVersions["external-secrets"],
  pgo: "6.0.2",
  redisOperator: "3.2.8",
} satisfies ChartVersions;

/** Brings charts and images of the versions before to the cluster that runs, beside those of now. */
export async function bringOlder(report: Report): Promise<void> {
  const supply = await chooseSupply({ record: supplyRecord, mirror: chartMirror, report });
  const older = ["older-bao", "older-external-secrets", "older-redis-operator"] as const;
  const isBuilt = supply.tools === toolNames;
  const tools = await startTools({
    onProgress: report,
    tools: isBuilt ? [...toolNames, ...older] : supply.tools,
  });
  if (!isBuilt) {
    const names = Object.keys(olderCharts) as (keyof typeof olderCharts)[];
    const wanted = names.map((name) => ({ ...charts[name], version: olderCharts[name] }));
    return pullCharts(wanted, chartMirror, await tools.path("helm"));
  }
  const inputs = inputsOf(tools);
  const images = await buildImages(olderRecipes, inputs);
  await bringImages(
    images.map(({ tar }) => ({ archive: tar })),
    { onProgress: report },
  );
  const sources: Partial<Record<ModuleName, ModuleName>> = {
    "external-secrets": "older-external-secrets",
    "redis-operator": "older-redis-operator",
  };
  await buildCharts(
    chartMirror,
    { moduleFolder: (name) => inputs.moduleFolder(sources[name] ?? name) },
    olderCharts,
  );
}
