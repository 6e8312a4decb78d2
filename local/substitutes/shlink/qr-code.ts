import { crc32, deflateSync } from "node:zlib";
import { encode } from "uqr";
import type { Response } from "./http.ts";
import type { Services } from "./services.ts";
import type { Target } from "./targets.ts";

const scale = 8;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** Draws black modules on white, one byte a pixel. */
function png(modules: boolean[][]): Buffer {
  const size = modules.length * scale;
  const row = (line: boolean[]) =>
    Buffer.concat([Buffer.alloc(1), ...line.map((dark) => Buffer.alloc(scale, dark ? 0 : 255))]);
  const lines = modules.flatMap((line) => Array<Buffer>(scale).fill(row(line)));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(lines))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Answers with a picture of the short URL; size, colours and format are what they are. */
export function qrCode({ config }: Services, { domain }: Target, shortCode: string): Response {
  const host = domain ?? config.defaultDomain;
  const { data } = encode(`${config.scheme}://${host}${config.basePath}/${shortCode}`);
  return { status: 200, headers: { "Content-Type": "image/png" }, body: png(data) };
}
