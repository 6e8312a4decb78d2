import { rmSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
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

/** Lets the path stay from now on. */
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

/** Copies a folder of Go's module cache, whose files are read-only, into one that may be edited. */
export async function copyWritable(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyWritable(source, target);
    if (!entry.isFile()) continue;
    await copyFile(source, target);
    await chmod(target, 0o644);
  }
}
