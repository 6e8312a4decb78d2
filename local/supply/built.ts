import { buildCharts } from "../charts/index.ts";
import type { ImageOrigin } from "../cluster/index.ts";
import { buildImages } from "../images/build.ts";
import { imageNames, systemImageNames } from "../images/recipes.ts";
import type { BinaryName } from "../toolchain/catalogue.ts";
import { toolNames, type Tools } from "../toolchain/index.ts";
import type { ModuleName } from "../toolchain/modules.ts";
import type { Report, Supply } from "./supply.ts";

/** Everything is put together here, from the package registries' binaries, sources and packages. */
export const built: Supply = {
  tools: toolNames,
  systemImages: (tools, report) => build(systemImageNames, tools, report),
  images: (tools, report) => build(imageNames, tools, report),
  charts: (tools, mirror) => buildCharts(mirror, inputsOf(tools)),
};

/** Each image waits only for its own tools: the first are built while other tools still compile. */
export const inputsOf = (tools: Tools) => ({
  tool: (name: BinaryName) => tools.path(name),
  moduleFolder: (name: ModuleName) => tools.sources(name),
  debianRoot: tools.debianRoot,
});

async function build(
  names: readonly string[],
  tools: Tools,
  report: Report,
): Promise<ImageOrigin[]> {
  const inputs = inputsOf(tools);
  const images = await buildImages(names, inputs, ({ image, step, steps, fresh, seconds }) => {
    if (fresh) report(`image ${step}/${steps} ${image}: built in ${seconds.toFixed(1)} s`);
  });
  return images.map(({ tar }) => ({ archive: tar }));
}
