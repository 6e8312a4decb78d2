import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** A tar of files with their lengths in octal, as Vault's library writes it. */
export function tar(files: Record<string, string>): Buffer {
  const blocks = Object.entries(files).map(([name, text]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(text.length.toString(8).padStart(11, "0"), 124);
    const content = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    content.write(text);
    return Buffer.concat([header, content]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const sum = (text: string) => createHash("sha256").update(text).digest("hex");
export const meta = '{"Index":1}';
export const state = "state of the raft ".repeat(20_000);
export const unsealed = {
  "meta.json": meta,
  "state.bin": state,
  SHA256SUMS: `${sum(meta)}  meta.json\n${sum(state)}  state.bin\n`,
};
/** The files of a snapshot. */
export const files = { ...unsealed, "SHA256SUMS.sealed": "encrypted" };
/** A snapshot of which everything is there. */
export const whole = gzipSync(tar(files));
