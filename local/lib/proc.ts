import { readFile, readdir } from "node:fs/promises";
import { isGone } from "./failure.ts";

/** A process id alone may belong to another program by now; with the start time it cannot. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
}

export interface ProcessStat {
  state: string;
  parent: number;
  startTime: string;
}

/** Reads /proc/PID/stat. The command name in it may hold spaces and brackets. */
export function parseStat(text: string): ProcessStat | undefined {
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .trim()
    .split(" ");
  const [state, parent, startTime] = [fields[0], Number(fields[1]), fields[19]];
  return state && startTime ? { state, parent, startTime } : undefined;
}

export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^(\d+) (\d+)\s*$/.exec(text);
  return match ? { pid: Number(match[1]), startTime: match[2] ?? "" } : undefined;
}

export function formatIdentity(identity: ProcessIdentity): string {
  return `${identity.pid} ${identity.startTime}\n`;
}

/** Says whether a process lives; a zombie has ended, only its parent has not looked yet. */
export function isLiving(stat: ProcessStat | undefined): boolean {
  return stat !== undefined && !"ZX".includes(stat.state);
}

export function isSameProcess(identity: ProcessIdentity, stat: ProcessStat | undefined): boolean {
  return isLiving(stat) && stat?.startTime === identity.startTime;
}

export async function readStat(pid: number): Promise<ProcessStat | undefined> {
  return readFile(`/proc/${pid}/stat`, "utf8").then(parseStat, () => undefined);
}

/** Reads the words of a process's command; those of one that ended are none. */
export async function readCommandLine(pid: number): Promise<string> {
  const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return words.replaceAll("\0", " ").trim();
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return isSameProcess(identity, await readStat(identity.pid));
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  const stat = await readStat(process.pid);
  return { pid: process.pid, startTime: stat?.startTime ?? "0" };
}

export async function allPids(): Promise<number[]> {
  const names = await readdir("/proc");
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Sends a signal; a process that ended meanwhile is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
