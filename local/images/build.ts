import { existsSync } from "node:fs";
import { join } from "node:path";
import { archiveEntries } from "./archive.ts";
import { defaultCache } from "./inputs.ts";
import type { ImageInputs } from "./inputs.ts";
import { prepareLayer } from "./layers.ts";
import type { Layer } from "./layers.ts";
import { publishFile } from "./publish.ts";
import { imageKey, safeName } from "./recipe.ts";
import type { ImageRecipe, LayerRecipe } from "./recipe.ts";
import { imageRecipes } from "./recipes.ts";
import { tarChunks } from "./tar.ts";

export interface BuiltImage {
  /** Full name with tag, as the charts ask for it. */
  readonly name: string;
  /** A docker-archive for `ctr images import`. */
  readonly tar: string;
  /** False when the cache had it. */
  readonly fresh: boolean;
  readonly size: number;
}

export interface ImageProgress {
  readonly image: string;
  readonly step: number;
  readonly steps: number;
  readonly fresh: boolean;
  readonly size: number;
  readonly seconds: number;
}

export class UnknownImageError extends Error {}

type Layers = (recipe: LayerRecipe) => Promise<Layer>;

/** Images share layers: each is read and hashed once a run. */
function layerShelf(inputs: ImageInputs, cache: string): Layers {
  const known = new Map<LayerRecipe, Promise<Layer>>();
  return (recipe) => {
    const layer = known.get(recipe) ?? prepareLayer(recipe, inputs, cache);
    known.set(recipe, layer);
    return layer;
  };
}

function recipeOf(name: string): ImageRecipe {
  const recipe = imageRecipes.find((candidate) => candidate.name === name);
  if (recipe) return recipe;
  const known = imageRecipes.map((candidate) => candidate.name).join(", ");
  throw new UnknownImageError(
    `There is no recipe for the image ${name} in local/images/recipes.ts. Known: ${known}.`,
  );
}

async function buildImage(recipe: ImageRecipe, layers: Layers, cache: string): Promise<BuiltImage> {
  const parts: Layer[] = [];
  for (const layer of recipe.layers) parts.push(await layers(layer));
  const key = imageKey(
    recipe,
    parts.map(({ digest }) => digest),
  );
  const tar = join(cache, key, `${safeName(recipe.name)}.tar`);
  const size = parts.reduce((total, layer) => total + layer.size, 0);
  if (existsSync(tar)) return { name: recipe.name, tar, fresh: false, size };
  await publishFile(tar, async (handle) => {
    for await (const chunk of tarChunks(archiveEntries(recipe, parts))) {
      await handle.writeFile(chunk);
    }
  });
  return { name: recipe.name, tar, fresh: true, size };
}

/** Builds the images of these names, or finds them in the cache, one after the other. */
export async function buildImages(
  names: readonly string[],
  inputs: ImageInputs,
  onProgress: (progress: ImageProgress) => void = () => undefined,
): Promise<BuiltImage[]> {
  const cache = inputs.cache ?? defaultCache();
  const recipes = names.map(recipeOf);
  const layers = layerShelf(inputs, cache);
  const built: BuiltImage[] = [];
  for (const recipe of recipes) {
    const start = Date.now();
    const image = await buildImage(recipe, layers, cache);
    built.push(image);
    onProgress({
      image: image.name,
      step: built.length,
      steps: recipes.length,
      fresh: image.fresh,
      size: image.size,
      seconds: (Date.now() - start) / 1000,
    });
  }
  return built;
}
