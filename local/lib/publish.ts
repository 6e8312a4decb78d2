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
  await published(draft, file, async () => {
    await opened(await open(draft, "w", mode), fill);
  });
}

async function opened(file: FileHandle, use: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

/** Fills a draft and gives it its name; whatever interrupts, no draft stays. */
async function published(draft: string, name: string, fill: () => Promise<void>): Promise<void> {
  removeAtExit(draft);
  try {
    await fill();
    await rename(draft, name);
    keep(draft);
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
    await published(draft, folder, async () => {
      await fill(draft);
      await sync(draft);
    });
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
    await opened(await open(join(folder, entry.name)), (file) => file.sync());
  }
}
