import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rename, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock.ts";
import { keep, remove, removeAtExit } from "./scratch.ts";

/** Fills a file under a name of its own and renames it: readers see all of it or nothing. */
export async function publishFile(
  file: string,
  fill: (handle: FileHandle) => Promise<void>,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.draft`;
  removeAtExit(draft);
  try {
    const handle = await open(draft, "w", mode);
    try {
      await fill(handle);
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await remove(draft);
  }
}

/** Writes a file whole or not at all; only its owner may read it. */
export async function publishPrivateFile(file: string, content: string): Promise<void> {
  await publishFile(file, (handle) => handle.writeFile(content), 0o600);
}

/**
 * Fills a folder so that it is either whole or not there, whatever interrupts. When another process fills
 * the same one, `onWait` hears of it.
 */
export async function publishFolder(
  folder: string,
  fill: (draft: string) => Promise<void>,
  onWait: (pid: number) => void = () => undefined,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const work = async () => {
    if (existsSync(folder)) return;
    await removeDrafts(folder);
    const draft = await mkdtemp(`${folder}.draft-`);
    removeAtExit(draft);
    try {
      await fill(draft);
      await sync(draft);
      await rename(draft, folder);
      keep(draft);
    } finally {
      await remove(draft);
    }
  };
  await withLock(`${folder}.lock`, work, onWait);
}

/** Removes what a killed process left behind; whoever holds the lock may do so. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)))
    if (name.startsWith(`${basename(folder)}.draft-`)) await remove(join(dirname(folder), name));
}

/** Writes a folder's files to the disk: the folder's name must not reach it before their content. */
async function sync(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(folder, entry.name));
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
