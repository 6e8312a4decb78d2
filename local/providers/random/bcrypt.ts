import { randomBytes } from "node:crypto";

/** Go's bcrypt, which the real provider uses, writes this version and cost. */
const version = "2a";
const defaultCost = 10;
/** bcrypt reads no more of a password. */
const limit = 72;
const digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The bcrypt hash of a password with a salt of 16 bytes. */
export function bcrypt(
  password: string,
  cost = defaultCost,
  salt: Uint8Array = randomBytes(16),
): string {
  const bytes = Buffer.from(password, "utf8").subarray(0, limit);
  const key = words(Buffer.concat([bytes, Buffer.alloc(1)]).subarray(0, limit), 18);
  const cipher = new Blowfish();
  cipher.expand(key, words(salt, 4));
  const saltKey = words(salt, 18);
  const none = new Int32Array(4);
  for (let round = 0; round < 2 ** cost; round++) {
    cipher.expand(key, none);
    cipher.expand(saltKey, none);
  }
  const head = `$${version}$${String(cost).padStart(2, "0")}$`;
  return head + encode(salt) + encode(magic(cipher));
}

/** The plain text that every bcrypt hash encrypts, 64 times over. */
function magic(cipher: Blowfish): Uint8Array {
  const block = words(Buffer.from("OrpheanBeholderScryDoubt"), 6);
  for (let pair = 0; pair < 6; pair += 2) {
    for (let round = 0; round < 64; round++) cipher.encrypt(block, pair);
  }
  const out = Buffer.alloc(24);
  block.forEach((word, index) => out.writeInt32BE(word, index * 4));
  return out.subarray(0, 23);
}

/** Big-endian words, the bytes taken again from the start when they end. */
function words(bytes: Uint8Array, count: number): Int32Array {
  const at = (index: number) => bytes[index % bytes.length] ?? 0;
  return Int32Array.from({ length: count }, (_, word) => {
    const first = word * 4;
    return (at(first) << 24) | (at(first + 1) << 16) | (at(first + 2) << 8) | at(first + 3);
  });
}

/** Base 64 with bcrypt's own digits and without padding. */
function encode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const sextets = bits.match(/.{1,6}/g) ?? [];
  return sextets.map((sextet) => digits[parseInt(sextet.padEnd(6, "0"), 2)]).join("");
}

class Blowfish {
  readonly #keys: Int32Array;
  readonly #boxes: Int32Array;

  constructor() {
    const initial = fractionOfPi();
    this.#keys = initial.slice(0, 18);
    this.#boxes = initial.slice(18);
  }

  /** Mixes a key and a salt into the cipher's tables. */
  expand(key: Int32Array, salt: Int32Array): void {
    for (let index = 0; index < 18; index++) this.#keys[index]! ^= key[index]!;
    const block = new Int32Array(2);
    let next = 0;
    for (const table of [this.#keys, this.#boxes]) {
      for (let index = 0; index < table.length; index += 2) {
        block[0]! ^= salt[next]!;
        block[1]! ^= salt[next + 1]!;
        next ^= 2;
        this.encrypt(block, 0);
        table.set(block, index);
      }
    }
  }

  /** Encrypts two words in place. */
  encrypt(block: Int32Array, at: number): void {
    const keys = this.#keys;
    const boxes = this.#boxes;
    let left = block[at]! ^ keys[0]!;
    let right = block[at + 1]!;
    for (let round = 1; round <= 16; round++) {
      const sum = (boxes[left >>> 24]! + boxes[256 + ((left >>> 16) & 255)]!) | 0;
      const mixed = (sum ^ boxes[512 + ((left >>> 8) & 255)]!) + boxes[768 + (left & 255)]!;
      const swapped = right ^ mixed ^ keys[round]!;
      right = left;
      left = swapped;
    }
    block[at] = right ^ keys[17]!;
    block[at + 1] = left;
  }
}

const tableWords = 18 + 4 * 256;
let table: Int32Array | undefined;

/** Blowfish's tables start as the binary digits of pi after the point. */
function fractionOfPi(): Int32Array {
  if (table !== undefined) return table;
  const bits = BigInt(tableWords * 32);
  const guard = 64n;
  const one = 1n << (bits + guard);
  const pi = 4n * (4n * inverseTangent(5n, one) - inverseTangent(239n, one));
  const hex = ((pi - 3n * one) >> guard).toString(16).padStart(tableWords * 8, "0");
  table = Int32Array.from({ length: tableWords }, (_, word) =>
    parseInt(hex.slice(word * 8, word * 8 + 8), 16),
  );
  return table;
}

/** arctan(1/x) in fixed point. */
function inverseTangent(x: bigint, one: bigint): bigint {
  let power = one / x;
  let sum = power;
  for (let divisor = 3n; power !== 0n; divisor += 2n) {
    power = -power / (x * x);
    sum += power / divisor;
  }
  return sum;
}
