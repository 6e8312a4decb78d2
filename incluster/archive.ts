import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

const block = 512;
const sums = "SHA256SUMS";
/** Holds the sums encrypted by Vault, which checks them at a restore; here it only has to be there. */
const sealedSums = "SHA256SUMS.sealed";
const checked = ["meta.json", "state.bin"];

/**
 * Reads a snapshot, a compressed tar, to its end and compares its files with the sums that came along:
 * Vault's answer that failed in the middle may look like one that ended.
 * @throws Error that says what is wrong.
 */
export async function verifySnapshot(file: string): Promise<void> {
  try {
    await pipeline(createReadStream(file), createGunzip(), verifyTar);
  } catch (error) {
    throw new Error(`this is not a whole snapshot: ${(error as Error).message}`);
  }
}

async function verifyTar(source: AsyncIterable<Buffer>): Promise<void> {
  const { hashes, expected } = await readTar(source[Symbol.asyncIterator]());
  for (const name of checked)
    if (!hashes.has(name) || hashes.get(name) !== expected.get(name))
      throw new Error(`${name} is not what its checksum says`);
  if (!hashes.has(sealedSums)) throw new Error(`${sealedSums} is missing`);
}

async function readTar(source: AsyncIterator<Buffer>) {
  const tar = new Bytes(source);
  const hashes = new Map<string, string>();
  let expected = new Map<string, string>();
  for (let header = await tar.text(block); !/^\0+$/.test(header); header = await tar.text(block)) {
    const name = header.slice(0, 100).replace(/\0.*$/, "");
    const size = parseInt(header.slice(124, 136), 8);
    if (name === sums) expected = sumsIn(await tar.text(size));
    else hashes.set(name, await tar.sha256(size));
    await tar.text((block - (size % block)) % block);
  }
  await tar.drain();
  return { hashes, expected };
}

const sumsIn = (text: string) =>
  new Map(
    [...text.matchAll(/^([0-9a-f]{64}) +(\S+)$/gm)].map(([, sum = "", name = ""]) => [name, sum]),
  );

/** Bytes of a stream, taken in the pieces that the reader wants. */
class Bytes {
  readonly #source: AsyncIterator<Buffer>;
  #rest = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  async text(size: number): Promise<string> {
    let text = "";
    for await (const piece of this.#take(size)) text += piece.toString("latin1");
    return text;
  }

  async sha256(size: number): Promise<string> {
    const hash = createHash("sha256");
    for await (const piece of this.#take(size)) hash.update(piece);
    return hash.digest("hex");
  }

  /** Reads to the very end, where the compression's own checksum is. */
  async drain(): Promise<void> {
    while (!(await this.#source.next()).done);
  }

  async *#take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) {
        const next = await this.#source.next();
        if (next.done) throw new Error("it ends in the middle");
        this.#rest = Buffer.from(next.value);
      }
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }
}
