import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { posix } from "node:path";

export interface TarOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Content that is made while it is written; its size must be known before. */
export interface StreamedContent {
  readonly size: number;
  readonly chunks: () => AsyncIterable<Buffer>;
}

export interface TarFile extends TarOwner {
  readonly kind: "file";
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer | { readonly file: string } | StreamedContent;
}

export interface TarFolder extends TarOwner {
  readonly kind: "folder";
  readonly path: string;
  readonly mode: number;
}

export interface TarLink {
  readonly kind: "link";
  readonly path: string;
  readonly target: string;
}

export type TarEntry = TarFile | TarFolder | TarLink;

export interface MeasuredTar {
  readonly digest: string;
  readonly size: number;
}

const BLOCK = 512;
const CHUNK = 1 << 20;
const LONGEST_NAME = 100;
const TYPE_FLAGS = { file: "0", link: "2", folder: "5", extended: "x" } as const;

interface HeaderFields extends TarOwner {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly flag: string;
  readonly link?: string;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function header(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(fields.name, 0, LONGEST_NAME);
  block.write(octal(fields.mode, 8), 100);
  block.write(octal(fields.uid ?? 0, 8), 108);
  block.write(octal(fields.gid ?? 0, 8), 116);
  block.write(octal(fields.size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write(fields.flag, 156);
  block.write(fields.link ?? "", 157, LONGEST_NAME);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** One pax record counts its own length: "<length> key=value\n". */
function paxRecord(key: string, value: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = body.length;
  while (String(length).length + body.length !== length) {
    length = String(length).length + body.length;
  }
  return Buffer.concat([Buffer.from(String(length)), body]);
}

function paxHeader(entry: TarEntry, name: string): Buffer[] {
  const records: Buffer[] = [];
  if (Buffer.byteLength(name) > LONGEST_NAME) records.push(paxRecord("path", Buffer.from(name)));
  if (entry.kind === "link" && Buffer.byteLength(entry.target) > LONGEST_NAME) {
    records.push(paxRecord("linkpath", Buffer.from(entry.target)));
  }
  if (records.length === 0) return [];
  const body = Buffer.concat(records);
  const fields = { mode: 0o644, size: body.length, flag: TYPE_FLAGS.extended };
  return [header({ name: "pax", ...fields }), body, padding(body.length)];
}

async function contentSize({ content }: TarFile): Promise<number> {
  if (Buffer.isBuffer(content)) return content.length;
  return "size" in content ? content.size : (await stat(content.file)).size;
}

async function* contentChunks(content: TarFile["content"]): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(content)) {
    yield content;
    return;
  }
  if ("chunks" in content) {
    yield* content.chunks();
    return;
  }
  const handle = await open(content.file, "r");
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* entryChunks(entry: TarEntry): AsyncGenerator<Buffer> {
  const name = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  yield* paxHeader(entry, name);
  if (entry.kind === "link") {
    yield header({
      name,
      mode: 0o777,
      size: 0,
      flag: TYPE_FLAGS.link,
      link: entry.target,
    });
    return;
  }
  const size = entry.kind === "file" ? await contentSize(entry) : 0;
  const { mode, uid, gid } = entry;
  yield header({ name, mode, uid, gid, size, flag: TYPE_FLAGS[entry.kind] });
  if (entry.kind !== "file") return;
  yield* contentChunks(entry.content);
  yield padding(size);
}

/** Every folder on the way to an entry must be in the layer, or its mode is left to chance. */
function withParents(entries: readonly TarEntry[]): TarEntry[] {
  const known = new Map<string, TarEntry>(entries.map((entry) => [entry.path, entry]));
  for (const entry of entries) {
    for (let up = posix.dirname(entry.path); up !== "."; up = posix.dirname(up)) {
      if (!known.has(up)) known.set(up, { kind: "folder", path: up, mode: 0o755 });
    }
  }
  return [...known.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The bytes of a tar that depend on the entries only: sorted, no times, no user names. */
export async function* tarChunks(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of withParents(entries)) yield* entryChunks(entry);
  yield Buffer.alloc(2 * BLOCK);
}

/** What the tar of these entries will be, without keeping it. */
export async function measureTar(entries: readonly TarEntry[]): Promise<MeasuredTar> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of tarChunks(entries)) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: hash.digest("hex"), size };
}
