import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readlink, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, pack, type Pack } from "tar-stream";

interface TarOwner {
  uid?: number;
  gid?: number;
}

/** Content that is made while it is written; its size must be known before. */
export interface StreamedContent {
  size: number;
  chunks: () => AsyncIterable<Buffer>;
}

export interface TarFile extends TarOwner {
  kind: "file";
  path: string;
  mode: number;
  content: Buffer | { file: string } | StreamedContent;
}

interface TarFolder extends TarOwner {
  kind: "folder";
  path: string;
  mode: number;
}

export interface TarLink {
  kind: "link";
  path: string;
  target: string;
}

export type TarEntry = TarFile | TarFolder | TarLink;

export interface MeasuredTar {
  digest: string;
  size: number;
}

/** Writes entries in their order; the bytes depend on nothing else: there are no times and no user names. */
export function writeTar(entries: readonly TarEntry[]): AsyncIterable<Buffer> {
  const tar = pack();
  addEntries(tar, entries).catch((error: Error) => tar.destroy(error));
  return tar as AsyncIterable<Buffer>;
}

async function addEntries(tar: Pack, entries: readonly TarEntry[]): Promise<void> {
  for (const entry of entries) {
    const header = { name: entry.path, mtime: new Date(0) };
    if (entry.kind === "link") {
      tar.entry({ ...header, type: "symlink", linkname: entry.target, mode: 0o777 });
      continue;
    }
    const { mode, uid = 0, gid = 0 } = entry;
    if (entry.kind === "folder")
      tar.entry({ ...header, name: `${entry.path}/`, type: "directory", mode, uid, gid });
    else await addFile(tar, { ...header, mode, uid, gid }, entry.content);
  }
  tar.finalize();
}

type TarHeader = Parameters<Pack["entry"]>[0];

async function addFile(tar: Pack, header: TarHeader, content: TarFile["content"]): Promise<void> {
  if (Buffer.isBuffer(content)) {
    tar.entry(header, content);
    return;
  }
  const size = "size" in content ? content.size : (await stat(content.file)).size;
  const source =
    "size" in content ? Readable.from(content.chunks()) : createReadStream(content.file);
  await pipeline(source, tar.entry({ ...header, size }));
}

/** Sorts entries and adds every folder on the way to one: what is not in a layer has a mode left to chance. */
export function wholeTree(entries: readonly TarEntry[]): TarEntry[] {
  const known = new Map<string, TarEntry>(entries.map((entry) => [entry.path, entry]));
  for (const entry of entries) {
    for (let up = posix.dirname(entry.path); up !== "."; up = posix.dirname(up)) {
      if (!known.has(up)) known.set(up, { kind: "folder", path: up, mode: 0o755 });
    }
  }
  return [...known.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Digests a tar without keeping it. */
export async function measureTar(chunks: AsyncIterable<Buffer>): Promise<MeasuredTar> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: hash.digest("hex"), size };
}

/** Says how a file on the disk goes into a tar: the umask of whoever unpacked or cloned it does not count. */
export async function plainMode(file: string): Promise<number> {
  return (await stat(file)).mode & 0o111 ? 0o755 : 0o644;
}

/** Lists the files and links below a folder of the disk, under their paths relative to it. */
export async function folderEntries(folder: string): Promise<(TarFile | TarLink)[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const entries = found
    .filter((entry) => !entry.isDirectory())
    .map(async (entry): Promise<TarFile | TarLink> => {
      const file = join(entry.parentPath, entry.name);
      const path = file.slice(folder.length).replace(/^\/+/, "");
      if (entry.isSymbolicLink()) return { kind: "link", path, target: await readlink(file) };
      return { kind: "file", path, mode: await plainMode(file), content: { file } };
    });
  return Promise.all(entries);
}

/** Reads the named files of a tar, and no further than the last of them. */
export async function readFiles(
  tar: string,
  names: readonly string[],
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const source = createReadStream(tar);
  const entries = extract();
  source.on("error", (error) => entries.destroy(error));
  source.pipe(entries);
  try {
    for await (const entry of entries) {
      const name = entry.header.name.replace(/^\.\//, "");
      if (names.includes(name)) found.set(name, await buffer(entry));
      else entry.resume();
      if (found.size === names.length) break;
    }
  } finally {
    source.destroy();
  }
  return found;
}
