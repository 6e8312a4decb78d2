import { readFileSync } from "node:fs";

/** A block of a shell's commands in a document. */
export interface Block {
  file: string;
  text: string;
  /** Whether it changes nothing and runs as it stands, on every stack. */
  runnable: boolean;
}

/** The blocks of a document that are for a shell. */
export const blocksOf = (file: string): Block[] =>
  [...readFileSync(file, "utf8").matchAll(/^ *```sh( runnable)?\n([^]*?)^ *```$/gm)].map(
    ([, mark, text = ""]) => ({ file, text, runnable: mark !== undefined }),
  );
