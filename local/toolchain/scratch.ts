import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const temporary = new Set<string>();
let armed = false;

/** Sees to it that a file or folder is gone when this process ends, however it ends in good order. */
export function removeAtExit(path: string): void {
  temporary.add(path);
  if (armed) return;
  armed = true;
  process.on("exit", () => {
    for (const each of temporary) rmSync(each, { recursive: true, force: true });
  });
}

/** From now on the path may stay. */
export function keep(path: string): void {
  temporary.delete(path);
}

export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  keep(path);
}

/** Hands a new folder to `work` and removes it afterwards. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "shlink-platform-"));
  removeAtExit(folder);
  try {
    return await work(folder);
  } finally {
    await remove(folder);
  }
}
