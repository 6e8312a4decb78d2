import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ClusterError, isGone } from "./failure.ts";
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from "./proc.ts";

/**
 * Runs an action that only one process may do at a time. The lock is a file with the holder's
 * process id and start time; a holder that was killed is recognised and its lock taken over.
 */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  await acquire(file);
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mine = formatIdentity(await ownIdentity());
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    // A hard link appears at once and with its content, so nobody ever reads a half-written lock.
    while (!(await tryLink(draft, file))) await removeStale(file);
  } finally {
    await rm(draft, { force: true });
  }
}

async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead holder's lock away, or reports the living one. */
async function removeStale(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  if (text === undefined) return;
  const holder = parseIdentity(text);
  if (holder && (await isAlive(holder))) throw new ClusterError(busyMessage(holder.pid));
  const aside = `${file}.stale.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  // Between reading and moving another process may have taken the lock: then it gets it back.
  const moved = await readFile(aside, "utf8").catch(() => text);
  if (moved !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

export function busyMessage(pid: number): string {
  return `The local cluster is being started or stopped by process ${pid}: wait until it ends, then try again.`;
}
