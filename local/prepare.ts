import { buildCharts } from "./charts/index.ts";
import { importImages, startCluster } from "./cluster/index.ts";
import { buildImages, type ImageProgress } from "./images/build.ts";
import { imageNames, systemImageNames } from "./images/recipes.ts";
import type { ImageInputs } from "./images/inputs.ts";
import type { ModuleName, ToolName as ImageTool } from "./images/recipe.ts";
import { chartMirror, repository } from "./paths.ts";
import { installPulumi, type Pulumi } from "./pulumi.ts";
import { startTools, type Tools } from "./toolchain/index.ts";

export interface Prepared {
  pulumi: Pulumi;
  kubeconfig: string;
  nodeAddress: string;
}

type Tell = (line: string) => void;

/**
 * Brings this machine from bare to a running cluster with all images, the charts' mirror and Pulumi. The
 * cluster starts as soon as its own few binaries are there, while the others still compile.
 */
export async function prepare(tell: Tell): Promise<Prepared> {
  const tools = await startTools({ onProgress: tell });
  const cluster = await startWith(tools, tell);
  await tools.all;
  const inputs = await imageInputs(tools);
  const images = await buildImages(imageNames, inputs, (progress) => tellImage(progress, tell));
  tell(`Importing ${images.length} images into the cluster`);
  await importImages(images.map(({ tar }) => tar));
  tell("Packing the charts");
  await buildCharts(chartMirror, inputs);
  return { pulumi: await installPulumi(tools, cluster.kubeconfig), ...cluster };
}

async function startWith(tools: Tools, tell: Tell) {
  const binaries = ["coredns", "local-path-provisioner"] as const;
  const paths = new Map<string, string>();
  for (const name of binaries) paths.set(name, await tools.path(name));
  const inputs = { ...(await baseInputs(tools)), tool: (name: string) => paths.get(name) ?? "" };
  const systemImages = await buildImages(systemImageNames, inputs, (progress) =>
    tellImage(progress, tell),
  );
  return startCluster({
    tools: { kubernetes: await tools.path("kubernetes") },
    systemImages: systemImages.map(({ tar }) => tar),
    onProgress: tell,
  });
}

async function baseInputs(tools: Tools): Promise<Omit<ImageInputs, "tool">> {
  return { repository, debianRoot: await tools.debianRoot, moduleFolder: () => "" };
}

const imageTools: ImageTool[] = [
  "bao",
  "coredns",
  "envoy",
  "external-secrets",
  "install-cni",
  "istio-cni",
  "local-path-provisioner",
  "pilot-agent",
  "pilot-discovery",
  "redis-operator",
];
const modules: ModuleName[] = ["external-secrets", "istio", "redis-operator"];

async function imageInputs(tools: Tools): Promise<ImageInputs> {
  const paths = new Map<string, string>([["node", process.execPath]]);
  for (const name of imageTools) paths.set(name, await tools.path(name));
  const folders = new Map<string, string>();
  for (const name of modules) folders.set(name, await tools.sources(name));
  return {
    ...(await baseInputs(tools)),
    tool: (name) => paths.get(name) ?? "",
    moduleFolder: (name) => folders.get(name) ?? "",
  };
}

function tellImage({ image, step, steps, fresh, seconds }: ImageProgress, tell: Tell): void {
  if (fresh) tell(`image ${step}/${steps} ${image}: built in ${seconds.toFixed(1)} s`);
}
