import { bringImages, clusterTools, startCluster } from "../cluster/index.ts";
import { chartMirror, supplyRecord } from "../lib/paths.ts";
import { installPulumi, type Pulumi } from "./pulumi.ts";
import { chooseSupply } from "../supply/index.ts";
import { startTools } from "../toolchain/index.ts";

export interface Prepared {
  pulumi: Pulumi;
  kubeconfig: string;
  nodeAddress: string;
}

/**
 * Brings this machine from bare to a running cluster with all images, the charts' mirror and Pulumi. The
 * cluster starts as soon as its own few binaries are there, while the others still compile.
 */
export async function prepare(report: (line: string) => void): Promise<Prepared> {
  const wanted = process.env["SUPPLY"];
  const supply = await chooseSupply({ record: supplyRecord, mirror: chartMirror, report, wanted });
  const tools = await startTools({ onProgress: report, tools: supply.tools });
  const cluster = await startCluster({
    systemImages: await supply.systemImages(tools, report),
    tools: await clusterTools(tools),
    onProgress: report,
  });
  await tools.all;
  await bringImages(await supply.images(tools, report), { onProgress: report });
  report("Filling the mirror of charts");
  await supply.charts(tools, chartMirror);
  return { pulumi: await installPulumi(tools, cluster.kubeconfig), ...cluster };
}
