import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isGone, LocalError } from "./failure.ts";
import {
  formatIdentity,
  isAlive,
  ownIdentity,
  parseIdentity,
  type ProcessIdentity,
} from "./proc.ts";
import { remove, removeAtExit } from "./scratch.ts";

const pollMilliseconds = 300;
let serial = 0;

/**
 * Runs an action that only one process may do at a time. The lock is a file with the holder's process id and
 * start time; a holder that was killed is recognised and its lock taken over. While somebody else holds it,
 * `onWait` hears once who that is; without `onWait` nobody waits, and the second is refused.
 */
export async function withLock<T>(
  file: string,
  action: () => Promise<T>,
  onWait?: (pid: number) => void,
): Promise<T> {
  await acquire(file, onWait);
  removeAtExit(file);
  try {
    return await action();
  } finally {
    await remove(file);
  }
}

async function acquire(file: string, onWait?: (pid: number) => void): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = ownName(file);
  await writeFile(draft, formatIdentity(await ownIdentity()), { mode: 0o600 });
  let report = onWait;
  try {
    // A hard link appears at once and with its content, so nobody ever reads a half-written lock.
    while (!(await tryLink(draft, file))) {
      const holder = await livingHolder(file);
      if (holder === undefined) continue;
      if (onWait === undefined) throw new LocalError(busyMessage(holder.pid));
      report?.(holder.pid);
      report = undefined;
      await sleep(pollMilliseconds);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

const ownName = (file: string) => `${file}.${process.pid}.${(serial += 1)}`;

async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Returns who holds the lock, and moves the lock of a dead holder away. */
async function livingHolder(file: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const holder = parseIdentity(text);
  if (holder && (await isAlive(holder))) return holder;
  const aside = ownName(file);
  await rename(file, aside).catch(() => undefined);
  // Between reading and moving another process may have taken the lock: then it gets it back.
  const moved = await readFile(aside, "utf8").catch(() => text);
  if (moved !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
  return undefined;
}

function busyMessage(pid: number): string {
  return `The local cluster is being started or stopped by process ${pid}: wait until it ends, then try again.`;
}
