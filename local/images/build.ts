import { existsSync } from "node:fs";
import { join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { publishFile } from "../lib/publish.ts";
import { writeTar } from "../lib/tar.ts";
import { archiveEntries } from "./archive.ts";
import { imageCache, type ImageInputs } from "./inputs.ts";
import { prepareLayer, type Layer } from "./layers.ts";
import { imageKey, safeName, type ImageRecipe, type LayerRecipe } from "./recipe.ts";
import { imageRecipes } from "./recipes.ts";

export interface BuiltImage {
  /** Full name with tag, as the charts ask for it. */
  name: string;
  /** A docker-archive for `ctr images import`. */
  tar: string;
  /** Whether the image was built now; false when the cache had it. */
  fresh: boolean;
  size: number;
}

export interface ImageProgress {
  image: string;
  step: number;
  steps: number;
  fresh: boolean;
  size: number;
  seconds: number;
}

type Layers = (recipe: LayerRecipe) => Promise<Layer>;

/** Prepares each layer once a run, as images share them. */
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
  throw new LocalError(
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
    for await (const chunk of writeTar(archiveEntries(recipe, parts))) {
      await handle.writeFile(chunk);
    }
  });
  return { name: recipe.name, tar, fresh: true, size };
}

/** Builds images, of which some may be given by their names, or finds them in the cache, one after the other. */
export async function buildImages(
  images: readonly (string | ImageRecipe)[],
  inputs: ImageInputs,
  onProgress: (progress: ImageProgress) => void = () => undefined,
): Promise<BuiltImage[]> {
  const cache = inputs.cache ?? imageCache();
  const recipes = images.map((image) => (typeof image === "string" ? recipeOf(image) : image));
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
