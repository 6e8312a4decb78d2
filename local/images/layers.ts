import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { appletsOf, bundleProgram, sourcePath } from "./inputs.ts";
import type { ImageInputs } from "./inputs.ts";
import { libraryClosure } from "./libraries.ts";
import type { AppletsPart, CopyPart, LayerRecipe, Part, TreePart } from "./recipe.ts";
import { publishFile } from "./publish.ts";
import { measureTar, tarChunks } from "./tar.ts";
import type { MeasuredTar, TarEntry, TarFile } from "./tar.ts";

export interface Layer {
  readonly name: string;
  /** sha256 of the uncompressed tar: what containerd knows the layer by. */
  readonly digest: string;
  readonly size: number;
  /** The layer's tar, made anew from the files each time it is read. */
  readonly chunks: () => AsyncIterable<Buffer>;
}

/** The images have one `/usr`, as Debian has: an entry below a link would replace the link. */
function mergedUsr(path: string): string {
  const clean = posix.normalize(path).replace(/^\/+|\/+$/g, "");
  return /^(bin|sbin|lib|lib64)\//.test(clean) ? `usr/${clean}` : clean;
}

/** Only whether it runs: the rest depends on the umask of whoever unpacked or cloned it. */
async function plainMode(file: string): Promise<number> {
  return (await stat(file)).mode & 0o111 ? 0o755 : 0o644;
}

async function copied(part: CopyPart, inputs: ImageInputs): Promise<TarFile> {
  const { copy, to } = part;
  const bundle = "bundle" in copy;
  const content = bundle
    ? await bundleProgram(copy.bundle, inputs)
    : { file: sourcePath(copy, inputs) };
  const mode = part.mode ?? (bundle ? 0o644 : await plainMode(sourcePath(copy, inputs)));
  return { kind: "file", path: mergedUsr(to), mode, content };
}

async function treeEntries(part: TreePart, inputs: ImageInputs): Promise<TarEntry[]> {
  if ("bundle" in part.tree) return [];
  const root = sourcePath(part.tree, inputs);
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const entries = found.map(async (entry): Promise<TarEntry[]> => {
    const from = join(entry.parentPath, entry.name);
    const path = mergedUsr(join(part.to, from.slice(root.length)));
    if (part.except?.test(path) || entry.isDirectory()) return [];
    if (entry.isSymbolicLink()) return [{ kind: "link", path, target: await readlink(from) }];
    return [{ kind: "file", path, mode: await plainMode(from), content: { file: from } }];
  });
  return (await Promise.all(entries)).flat();
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
  if ("copy" in part) return [await copied(part, inputs)];
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

/** Thousands of time zones need no look inside. */
function mayBeElf(entry: TarEntry): entry is TarFile & { content: { file: string } } {
  if (entry.kind !== "file" || !("file" in entry.content)) return false;
  return (entry.mode & 0o111) !== 0 || /\.so(\.|$)/.test(entry.path);
}

/** The entries of a layer, with the shared libraries that its programs need. */
export async function layerEntries(recipe: LayerRecipe, inputs: ImageInputs): Promise<TarEntry[]> {
  const byPath = new Map<string, TarEntry>();
  for (const part of recipe.parts) {
    for (const entry of await partEntries(part, inputs)) byPath.set(entry.path, entry);
  }
  const files = [...byPath.values()].flatMap((entry) =>
    mayBeElf(entry) ? [entry.content.file] : [],
  );
  for (const [path, file] of await libraryClosure(files, inputs.debianRoot)) {
    if (!byPath.has(path)) byPath.set(path, { kind: "file", path, mode: 0o755, content: { file } });
  }
  return [...byPath.values()];
}

/** Changes whenever the file's content may have changed; far cheaper than reading all of it. */
async function fileIdentity(file: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [file, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Under this key the cache remembers what the layer's tar will be. */
export async function entriesKey(entries: readonly TarEntry[]): Promise<string> {
  const hash = createHash("sha256");
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const content = entry.kind === "file" ? entry.content : undefined;
    const identity = Buffer.isBuffer(content)
      ? createHash("sha256").update(content).digest("hex")
      : content && "file" in content && (await fileIdentity(content.file));
    hash.update(JSON.stringify({ ...entry, content: identity }));
  }
  return hash.digest("hex").slice(0, 32);
}

/** Finds a layer's parts; its digest is in the cache when the same files were measured before. */
export async function prepareLayer(
  recipe: LayerRecipe,
  inputs: ImageInputs,
  cache: string,
): Promise<Layer> {
  const entries = await layerEntries(recipe, inputs);
  const note = join(cache, "layers", `${await entriesKey(entries)}.json`);
  if (!existsSync(note)) {
    const measured = JSON.stringify(await measureTar(entries));
    await publishFile(note, (handle) => handle.writeFile(measured));
  }
  const { digest, size } = JSON.parse(await readFile(note, "utf8")) as MeasuredTar;
  return { name: recipe.name, digest, size, chunks: () => tarChunks(entries) };
}
