import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { publishFile } from "../lib/publish.ts";
import {
  folderEntries,
  measureTar,
  plainMode,
  wholeTree,
  writeTar,
  type MeasuredTar,
  type StreamedContent,
  type TarEntry,
  type TarFile,
} from "../lib/tar.ts";
import { appletsOf, bundleProgram, sourcePath, type ImageInputs } from "./inputs.ts";
import { libraryClosure } from "./libraries.ts";
import type { AppletsPart, BundlePart, CopyPart, LayerRecipe, Part, TreePart } from "./recipe.ts";

/** A layer, whose tar is made anew from the files each time it is read. */
export interface Layer extends StreamedContent {
  name: string;
  /** The sha256 of the uncompressed tar, by which containerd knows the layer. */
  digest: string;
}

/** Moves a path below the one `/usr` that images have, as Debian has: an entry below a link would replace the link. */
function mergedUsr(path: string): string {
  const clean = posix.normalize(path).replace(/^\/+|\/+$/g, "");
  return /^(bin|sbin|lib|lib64)\//.test(clean) ? `usr/${clean}` : clean;
}

async function copiedFile(part: CopyPart, inputs: ImageInputs): Promise<TarFile> {
  const file = await sourcePath(part.copy, inputs);
  const mode = part.mode ?? (await plainMode(file));
  return { kind: "file", path: mergedUsr(part.to), mode, content: { file } };
}

async function bundledFile({ bundle, to }: BundlePart, inputs: ImageInputs): Promise<TarFile> {
  const content = await bundleProgram(bundle, inputs);
  return { kind: "file", path: mergedUsr(to), mode: 0o644, content };
}

async function treeEntries(part: TreePart, inputs: ImageInputs): Promise<TarEntry[]> {
  const entries = await folderEntries(await sourcePath(part.tree, inputs));
  return entries
    .map((entry) => ({ ...entry, path: mergedUsr(join(part.to, entry.path)) }))
    .filter(({ path }) => part.except?.test(path) !== true);
}

async function appletLinks(part: AppletsPart, inputs: ImageInputs): Promise<TarEntry[]> {
  const names = await appletsOf(part.applets, inputs);
  return names.map((name) => ({
    kind: "link",
    path: mergedUsr(`${part.folder}/${name}`),
    target: "busybox",
  }));
}

async function partEntries(part: Part, inputs: ImageInputs): Promise<TarEntry[]> {
  if ("copy" in part) return [await copiedFile(part, inputs)];
  if ("bundle" in part) return [await bundledFile(part, inputs)];
  if ("tree" in part) return treeEntries(part, inputs);
  if ("applets" in part) return appletLinks(part, inputs);
  if ("link" in part) {
    return [{ kind: "link", path: mergedUsr(part.link), target: part.target }];
  }
  if ("folder" in part) {
    const { folder, mode = 0o755, uid, gid } = part;
    return [{ kind: "folder", path: mergedUsr(folder), mode, uid, gid }];
  }
  const { text, to, mode = 0o644 } = part;
  return [{ kind: "file", path: mergedUsr(to), mode, content: Buffer.from(text) }];
}

/** Passes over what cannot be a program or a library: thousands of time zones need no look inside. */
function mayBeElf(entry: TarEntry): entry is TarFile & { content: { file: string } } {
  if (entry.kind !== "file" || !("file" in entry.content)) return false;
  return (entry.mode & 0o111) !== 0 || /\.so(\.|$)/.test(entry.path);
}

/** Lists the entries of a layer, with the shared libraries that its programs need. */
async function layerEntries(recipe: LayerRecipe, inputs: ImageInputs): Promise<TarEntry[]> {
  const byPath = new Map<string, TarEntry>();
  for (const part of recipe.parts) {
    for (const entry of await partEntries(part, inputs)) byPath.set(entry.path, entry);
  }
  const files = [...byPath.values()].flatMap((entry) =>
    mayBeElf(entry) ? [entry.content.file] : [],
  );
  for (const [path, file] of await libraryClosure(files, await inputs.debianRoot)) {
    if (!byPath.has(path)) byPath.set(path, { kind: "file", path, mode: 0o755, content: { file } });
  }
  return [...byPath.values()];
}

/** Makes a text that changes whenever the file's content may have; far cheaper than reading all of it. */
async function fileIdentity(file: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [file, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Digests a sample of all that the tar writer writes: another writer's digests are not ours. */
async function writerIdentity(): Promise<string> {
  const sample: TarEntry[] = [
    { kind: "folder", path: "folder", mode: 0o1777, uid: 1, gid: 2 },
    { kind: "link", path: "link", target: "long/".repeat(40) },
    { kind: "file", path: `folder/${"name".repeat(40)}`, mode: 0o755, content: Buffer.from("x") },
  ];
  return (await measureTar(writeTar(sample))).digest;
}

/** Makes the key under which the cache remembers what the layer's tar will be. */
async function entriesKey(entries: readonly TarEntry[]): Promise<string> {
  const hash = createHash("sha256").update(await writerIdentity());
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = entry.kind === "file" ? entry.content : undefined;
    const identity = Buffer.isBuffer(content)
      ? createHash("sha256").update(content).digest("hex")
      : content && "file" in content && (await fileIdentity(content.file));
    hash.update(JSON.stringify({ ...entry, content: identity }));
  }
  return hash.digest("hex").slice(0, 32);
}

/** Finds a layer's parts; its digest comes from the cache when the same files were measured before. */
export async function prepareLayer(
  recipe: LayerRecipe,
  inputs: ImageInputs,
  cache: string,
): Promise<Layer> {
  const entries = wholeTree(await layerEntries(recipe, inputs));
  const note = join(cache, "layers", `${await entriesKey(entries)}.json`);
  if (!existsSync(note)) {
    const measured = JSON.stringify(await measureTar(writeTar(entries)));
    await publishFile(note, (handle) => handle.writeFile(measured));
  }
  const { digest, size } = JSON.parse(await readFile(note, "utf8")) as MeasuredTar;
  return { name: recipe.name, digest, size, chunks: () => writeTar(entries) };
}
