import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { runtimeFolder, runtimePath } from "../platform/project.ts";

/** Writes a file that only its owner may read, and returns its path. */
export function runtimeFile(name: string, content: string): string {
  mkdirSync(runtimeFolder, { recursive: true, mode: 0o700 });
  const path = runtimePath(name);
  writeFileSync(path, content, { mode: 0o600 });
  chmodSync(path, 0o600);
  return path;
}
