import { open, type FileHandle } from "node:fs/promises";

export interface ElfNeeds {
  /** The dynamic loader that the file asks for; absent in a static program or a library. */
  interpreter?: string;
  libraries: readonly string[];
}

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

const magic = "\x7fELF\x02\x01";
const segmentType = { load: 1, dynamic: 2, interpreter: 3 } as const;
const tags = { end: 0, needed: 1, strings: 5, stringsSize: 10 } as const;
const dynamicEntrySize = 16;

async function readAt(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, offset);
  return buffer.subarray(0, bytesRead);
}

async function readSegments(handle: FileHandle, head: Buffer): Promise<Segment[]> {
  const [offset, size, count] = [
    Number(head.readBigUInt64LE(32)),
    head.readUInt16LE(54),
    head.readUInt16LE(56),
  ];
  const table = await readAt(handle, offset, size * count);
  return Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * size);
    return {
      type: entry.readUInt32LE(0),
      offset: Number(entry.readBigUInt64LE(8)),
      address: Number(entry.readBigUInt64LE(16)),
      size: Number(entry.readBigUInt64LE(32)),
    };
  });
}

function fileOffset(segments: readonly Segment[], address: number): number {
  const holder = segments.find(
    (segment) =>
      segment.type === segmentType.load &&
      address >= segment.address &&
      address < segment.address + segment.size,
  );
  return holder ? address - holder.address + holder.offset : address;
}

function dynamicValues(dynamic: Buffer, tag: number): number[] {
  const values: number[] = [];
  for (let at = 0; at + dynamicEntrySize <= dynamic.length; at += dynamicEntrySize) {
    const found = Number(dynamic.readBigInt64LE(at));
    if (found === tags.end) break;
    if (found === tag) values.push(Number(dynamic.readBigUInt64LE(at + 8)));
  }
  return values;
}

function stringAt(strings: Buffer, at: number): string {
  return strings.toString("utf8", at, strings.indexOf(0, at));
}

async function neededNames(handle: FileHandle, segments: readonly Segment[]): Promise<string[]> {
  const place = segments.find((segment) => segment.type === segmentType.dynamic);
  if (!place) return [];
  const dynamic = await readAt(handle, place.offset, place.size);
  const [table = 0] = dynamicValues(dynamic, tags.strings);
  const [size = 0] = dynamicValues(dynamic, tags.stringsSize);
  const strings = await readAt(handle, fileOffset(segments, table), size);
  return dynamicValues(dynamic, tags.needed).map((at) => stringAt(strings, at));
}

/** Reads what `ldd` would ask for from the file itself: nothing is run, no host library matters. */
export async function elfNeeds(file: string): Promise<ElfNeeds | undefined> {
  const handle = await open(file, "r");
  try {
    const head = await readAt(handle, 0, 64);
    if (head.toString("latin1", 0, magic.length) !== magic) return undefined;
    const segments = await readSegments(handle, head);
    const loader = segments.find((segment) => segment.type === segmentType.interpreter);
    return {
      interpreter: loader && stringAt(await readAt(handle, loader.offset, loader.size), 0),
      libraries: await neededNames(handle, segments),
    };
  } finally {
    await handle.close();
  }
}
