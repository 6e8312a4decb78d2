import { closeSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { reasonOf } from "./reason.ts";

/**
 * Writes a new file that nobody else may read. One that cannot be written whole, as on a full disk, is not left behind.
 * @throws Error with a sentence where it is there already, or cannot be written
 */
export function writeNewFile(file: string, content: string | Buffer): void {
  try {
    writeWhole(file, content, 0o600);
  } catch (error) {
    throw new Error(`${file} cannot be written (${reasonOf(error)}): name another file.`, {
      cause: error,
    });
  }
}

/**
 * Writes a file in place of the one that may be there, which stays where the new one cannot be written whole.
 * @throws Error with a sentence where it cannot be written
 */
export function replaceFile(file: string, content: string): void {
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    writeWhole(partial, content);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new Error(`${file} cannot be written (${reasonOf(error)}), and was not changed.`, {
      cause: error,
    });
  }
}

function writeWhole(file: string, content: string | Buffer, mode = 0o666): void {
  const descriptor = openSync(file, "wx", mode);
  try {
    writeFileSync(descriptor, content);
  } catch (error) {
    rmSync(file);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
