import { buildCharts } from "../charts/index.ts";
import type { ImageOrigin } from "../cluster/index.ts";
import { buildImages } from "../images/build.ts";
import type { ImageInputs } from "../images/inputs.ts";
import type { ModuleName, ToolName as ImageTool } from "../images/recipe.ts";
import { imageNames, systemImageNames } from "../images/recipes.ts";
import { repository } from "../paths.ts";
import { toolNames, type Tools } from "../toolchain/index.ts";
import type { Supply, Tell } from "./supply.ts";

const systemTools: ImageTool[] = ["coredns", "local-path-provisioner"];
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

/** Put together here, from the package registries' binaries, sources and packages. */
export const built: Supply = {
  tools: toolNames,
  systemImages: async (tools, tell) =>
    build(systemImageNames, await inputsOf(tools, systemTools), tell),
  images: async (tools, tell) => build(imageNames, await allInputs(tools), tell),
  charts: async (tools, mirror) => buildCharts(mirror, await allInputs(tools)),
};

const allInputs = (tools: Tools) => inputsOf(tools, imageTools, modules);

/** Waits for these tools and sources only: the first images are built while other tools still compile. */
async function inputsOf(
  tools: Tools,
  binaries: ImageTool[],
  sources: ModuleName[] = [],
): Promise<ImageInputs> {
  const paths = new Map<string, string>([["node", process.execPath]]);
  for (const name of binaries) paths.set(name, await tools.path(name));
  const folders = new Map<string, string>();
  for (const name of sources) folders.set(name, await tools.sources(name));
  return {
    repository,
    debianRoot: await tools.debianRoot,
    tool: (name) => paths.get(name) ?? "",
    moduleFolder: (name) => folders.get(name) ?? "",
  };
}

async function build(
  names: readonly string[],
  inputs: ImageInputs,
  tell: Tell,
): Promise<ImageOrigin[]> {
  const images = await buildImages(names, inputs, ({ image, step, steps, fresh, seconds }) => {
    if (fresh) tell(`image ${step}/${steps} ${image}: built in ${seconds.toFixed(1)} s`);
  });
  return images.map(({ tar }) => ({ archive: tar }));
}
