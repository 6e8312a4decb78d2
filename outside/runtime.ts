import { chmodSync, mkdirSync, writeFileSync } from "node:fs";

/**
 * Files that providers read while the program runs. The path is constant, so that it can stand in a
 * provider's inputs without ever showing a difference; providers run in the project's folder, as this does.
 */
const folder = ".run";

/** Writes a file that only its owner may read, and returns its path. */
export function runtimeFile(name: string, content: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = runtimePath(name);
  writeFileSync(path, content, { mode: 0o600 });
  chmodSync(path, 0o600);
  return path;
}

export const runtimePath = (name: string) => `${folder}/${name}`;
