const HEADER = 64;
const SEGMENT = 56;

/** A tiny but valid ELF file that needs these libraries and, when it is a program, a loader. */
export function elf(libraries: readonly string[], loader?: string): Buffer {
  const interpreter = Buffer.from(loader ? `${loader}\0` : "");
  const strings = Buffer.from(`\0${libraries.map((name) => `${name}\0`).join("")}`);
  const start = HEADER + 3 * SEGMENT;
  const stringsAt = start + interpreter.length;
  const dynamicAt = stringsAt + strings.length;
  const dynamic = dynamicTable(strings, libraries, stringsAt);
  const header = Buffer.alloc(HEADER);
  header.write("\x7fELF\x02\x01", "latin1");
  header.writeBigUInt64LE(BigInt(HEADER), 32);
  header.writeUInt16LE(SEGMENT, 54);
  header.writeUInt16LE(3, 56);
  const segments = [
    segment(1, 0, dynamicAt + dynamic.length),
    segment(2, dynamicAt, dynamic.length),
    segment(loader ? 3 : 0, start, interpreter.length),
  ];
  return Buffer.concat([header, ...segments, interpreter, strings, dynamic]);
}

function dynamicTable(strings: Buffer, libraries: readonly string[], stringsAt: number): Buffer {
  const needed = libraries.map((name): [number, number] => [1, strings.indexOf(`${name}\0`)]);
  const entries = [...needed, [5, stringsAt], [10, strings.length], [0, 0]] as [number, number][];
  const table = Buffer.alloc(entries.length * 16);
  entries.forEach(([tag, value], index) => {
    table.writeBigUInt64LE(BigInt(tag), index * 16);
    table.writeBigUInt64LE(BigInt(value), index * 16 + 8);
  });
  return table;
}

function segment(type: number, at: number, size: number): Buffer {
  const entry = Buffer.alloc(SEGMENT);
  entry.writeUInt32LE(type, 0);
  entry.writeBigUInt64LE(BigInt(at), 8);
  entry.writeBigUInt64LE(BigInt(at), 16);
  entry.writeBigUInt64LE(BigInt(size), 32);
  return entry;
}
