import { readFileSync } from "node:fs";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { keep, removeAtExit } from "./scratch.ts";

const pollMilliseconds = 300;
let serial = 0;

/** Holds a lock file while `work` runs; tells `waiting` once who holds it when that is somebody else. */
export async function withLock<T>(
  path: string,
  waiting: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  while (!(await take(path))) {
    const holder = await readFile(path, "utf8").catch(() => undefined);
    if (holder === undefined) continue;
    if (!alive(holder)) {
      await discard(path, holder);
      continue;
    }
    if (!told) waiting(Number(holder.split(" ")[0]));
    told = true;
    await sleep(pollMilliseconds);
  }
  removeAtExit(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
    keep(path);
  }
}

/** Who we are: a process number alone may belong to somebody else after a restart. */
function identity(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  } catch {
    return `${pid} gone`;
  }
}

function alive(holder: string): boolean {
  return identity(Number(holder.split(" ")[0])) === holder;
}

/** A link appears with its content or not at all. */
async function take(path: string): Promise<boolean> {
  const own = `${path}.${process.pid}.${(serial += 1)}`;
  await writeFile(own, identity(process.pid));
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves a dead holder's lock away, and puts it back when it turns out to be a new one. */
async function discard(path: string, holder: string): Promise<void> {
  const aside = `${path}.${process.pid}.${(serial += 1)}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await readFile(aside, "utf8")) !== holder) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
