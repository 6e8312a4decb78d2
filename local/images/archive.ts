import { createHash } from "node:crypto";
import type { Layer } from "./layers.ts";
import { imageConfig } from "./recipe.ts";
import type { ImageRecipe } from "./recipe.ts";
import type { TarEntry, TarFile } from "./tar.ts";

function textFile(path: string, text: string): TarFile {
  return { kind: "file", path, mode: 0o644, content: Buffer.from(text) };
}

/**
 * The files of a docker-archive, the format of `docker save` that `ctr images import` reads:
 * `manifest.json` names the configuration (by its digest) and the layers, lowest first.
 */
export function archiveEntries(recipe: ImageRecipe, layers: readonly Layer[]): TarEntry[] {
  const config = imageConfig(
    recipe,
    layers.map(({ digest }) => digest),
  );
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const layerFile = ({ digest }: Layer): string => `${digest}/layer.tar`;
  const manifest = [{ Config: configName, RepoTags: [recipe.name], Layers: layers.map(layerFile) }];
  const stored = new Map(layers.map((layer) => [layer.digest, layer]));
  return [
    textFile("manifest.json", JSON.stringify(manifest)),
    textFile(configName, config),
    ...[...stored.values()].map((layer): TarFile => ({
      kind: "file",
      path: layerFile(layer),
      mode: 0o644,
      content: layer,
    })),
  ];
}
