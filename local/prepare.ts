import { bringImages, startCluster } from "./cluster/index.ts";
import { chartMirror, supplyRecord } from "./paths.ts";
import { installPulumi, type Pulumi } from "./pulumi.ts";
import { chooseSupply } from "./supply/index.ts";
import { startTools } from "./toolchain/index.ts";

export interface Prepared {
  pulumi: Pulumi;
  kubeconfig: string;
  nodeAddress: string;
}

/**
 * Brings this machine from bare to a running cluster with all images, the charts' mirror and Pulumi. The
 * cluster starts as soon as its own few binaries are there, while the others still compile.
 */
export async function prepare(tell: (line: string) => void): Promise<Prepared> {
  const wanted = process.env["SUPPLY"];
  const supply = await chooseSupply({ record: supplyRecord, mirror: chartMirror, tell, wanted });
  const tools = await startTools({ onProgress: tell, tools: supply.tools });
  const cluster = await startCluster({
    systemImages: await supply.systemImages(tools, tell),
    tools: { kubernetes: await tools.path("kubernetes") },
    onProgress: tell,
  });
  await tools.all;
  await bringImages(await supply.images(tools, tell), { onProgress: tell });
  tell("Filling the mirror of charts");
  await supply.charts(tools, chartMirror);
  return { pulumi: await installPulumi(tools, cluster.kubeconfig), ...cluster };
}
