import { createHash } from "node:crypto";
import { LocalError, messageOf } from "../lib/failure.ts";
import { readFiles, type TarEntry, type TarFile } from "../lib/tar.ts";
import type { Layer } from "./layers.ts";
import { imageConfig, type ImageRecipe } from "./recipe.ts";

const manifestFile = "manifest.json";

interface ManifestEntry {
  Config: string;
  RepoTags: string[] | null;
  Layers: string[];
}

function textFile(path: string, text: string): TarFile {
  return { kind: "file", path, mode: 0o644, content: Buffer.from(text) };
}

/**
 * Lists the files of a docker-archive, the format of `docker save` that `ctr images import` reads: the manifest
 * names the configuration (by its digest) and the layers, lowest first. What `readArchive` wants comes first.
 */
export function archiveEntries(recipe: ImageRecipe, layers: readonly Layer[]): TarEntry[] {
  const config = imageConfig(
    recipe,
    layers.map(({ digest }) => digest),
  );
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const layerFile = ({ digest }: Layer): string => `${digest}/layer.tar`;
  const manifest: ManifestEntry[] = [
    { Config: configName, RepoTags: [recipe.name], Layers: layers.map(layerFile) },
  ];
  const stored = new Map(layers.map((layer) => [layer.digest, layer]));
  return [
    textFile(manifestFile, JSON.stringify(manifest)),
    textFile(configName, config),
    ...[...stored.values()].map((layer): TarFile => ({
      kind: "file",
      path: layerFile(layer),
      mode: 0o644,
      content: layer,
    })),
  ];
}

export interface ArchivedImage {
  names: string[];
  /** Changes whenever the image's configuration or layers change. */
  identity: string;
}

/** Says which images a docker-archive holds: their names, and an identity of their content. */
export async function readArchive(path: string): Promise<ArchivedImage> {
  const manifest = (await read(path, [manifestFile])).get(manifestFile);
  if (!manifest) throw new LocalError(`${path} is no image archive: it has no ${manifestFile}.`);
  const entries = JSON.parse(manifest.toString("utf8")) as Partial<ManifestEntry>[];
  const configs = [...new Set(entries.map((entry) => entry.Config ?? ""))];
  const hash = createHash("sha256").update(manifest);
  for (const content of (await read(path, configs)).values()) hash.update(content);
  return { names: entries.flatMap((entry) => entry.RepoTags ?? []), identity: hash.digest("hex") };
}

async function read(path: string, names: string[]): Promise<Map<string, Buffer>> {
  return readFiles(path, names).catch((error: unknown) => {
    throw new LocalError(`The image file ${path} cannot be read: ${messageOf(error)}.`);
  });
}
