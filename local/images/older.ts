import { chartImages, redisOperatorImages } from "../../platform/chart-images.ts";
import { olderVersions } from "../toolchain/modules.ts";
import type { ImageRecipe, Part } from "./recipe.ts";
import { imageRecipes } from "./recipes.ts";

/** The tags of the images that Istio's, Vault's and PGO's charts name in the versions before. */
export const olderTags = { istio: "1.30.3", vault: "2.0.3", pgo: "ubi9-6.0.2-0" };

/** An image under an earlier tag. */
const tagged = (name: string, tag: string) => `${name.slice(0, name.lastIndexOf(":"))}:${tag}`;

/** The recipe of an image under an earlier tag, with another program in the place of one. */
function older(
  name: string,
  tag: string,
  program?: [now: string, before: "older-bao" | "older-external-secrets" | "older-redis-operator"],
): ImageRecipe {
  const recipe = imageRecipes.find((one) => one.name === name);
  if (recipe === undefined) throw new Error(`There is no recipe for ${name}.`);
  const [now, before] = program ?? [];
  const swapped = (part: Part): Part =>
    before !== undefined && "copy" in part && "tool" in part.copy && part.copy.tool === now
      ? { ...part, copy: { tool: before } }
      : part;
  return {
    ...recipe,
    name: tagged(name, tag),
    layers: recipe.layers.map((layer) =>
      layer.parts.some((part) => swapped(part) !== part)
        ? { name: `older ${layer.name}`, parts: layer.parts.map(swapped) }
        : layer,
    ),
  };
}

/** Images of the versions before: of Istio and of the stand-in for PGO only the names are older. */
export const olderRecipes: readonly ImageRecipe[] = [
  older(chartImages.vault, olderTags.vault, ["bao", "older-bao"]),
  older(chartImages.externalSecrets, `v${olderVersions["external-secrets"]}`, [
    "external-secrets",
    "older-external-secrets",
  ]),
  older(redisOperatorImages.spotahome, `v${olderVersions["redis-operator"]}`, [
    "redis-operator",
    "older-redis-operator",
  ]),
  older(chartImages.istiod, olderTags.istio),
  older(chartImages.istioProxy, olderTags.istio),
  older(chartImages.pgo, olderTags.pgo),
];
