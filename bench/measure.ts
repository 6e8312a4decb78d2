import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalError } from "../local/lib/failure.ts";
import type { Sample } from "./pairs.ts";

/** What one run of a command took. */
export interface Run extends Sample {
  seconds: number;
  /** User and system time of all its processes, in seconds. */
  cpu: number;
  /** The most memory that its processes had at one time, shared pages in equal parts, in MiB. */
  memory: number;
  /** How many processes it started. */
  processes: number;
  /** What of it each program took, by the name of its file. */
  programs: Record<string, Share>;
}

/** A program's part of a run, in the same units: its memory is that of the moment when all had the most. */
export type Share = Pick<Run, "cpu" | "memory">;

export interface Command {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string | undefined>;
  /** Hears each line of its output as it is written. */
  hear?: (line: string) => unknown;
}

/** Kernel's clock ticks in a second: fixed for all programs, whatever its own clock does. */
const ticks = 100;
/** In milliseconds. A look takes a quarter of an interval of one core: what takes long is looked at less often. */
const looks = { every: 50, atMost: 1000, inAll: 100 };

const running = new Set<ChildProcess>();

/** Ends what is measured now; that fails, as a command does that ends by itself with an error. */
export function stopMeasured(): void {
  for (const child of running) child.kill();
}

/**
 * Runs a command to its end and watches all processes below it, twenty times a second at first.
 * @throws LocalError when it fails, with what it wrote.
 */
export async function measure({ command, args, cwd, env, hear }: Command): Promise<Run> {
  const before = childrenTime();
  const started = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    if (hear !== undefined) createInterface({ input: stream }).on("line", hear);
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  const watch = new Watch(child.pid ?? Number.NaN);
  const code = await Promise.race([ended, watch.until(ended)]);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new LocalError(`${command} ${args.join(" ")} does not succeed:\n${output}`);
  const cpu = (childrenTime() - before) / ticks;
  const { memory, programs } = watch;
  return { seconds, cpu, memory, processes: watch.seen.size, programs };
}

class Watch {
  /** The program of each process that there was, and the time that it took as far as it was seen. */
  readonly seen = new Map<number, { program: string; cpu: number }>();
  memory = 0;
  #atMost = new Map<number, number>();
  readonly #root: number;

  constructor(root: number) {
    this.#root = root;
  }

  /** Looks until the command ends, and then never answers. */
  async until(ended: Promise<unknown>): Promise<never> {
    let over = false;
    void ended.finally(() => (over = true));
    const begun = performance.now();
    while (!over) {
      this.#look();
      const share = (performance.now() - begun) / looks.inAll;
      await sleep(Math.min(Math.max(share, looks.every), looks.atMost));
    }
    return new Promise(() => undefined);
  }

  #look(): void {
    const held = new Map<number, number>();
    for (const [pid, stat] of descendants(this.#root)) {
      const before = this.seen.get(pid);
      // A process becomes another program after it was started.
      const program = programOf(pid) ?? before?.program ?? "";
      this.seen.set(pid, { program, cpu: Math.max(cpuOf(stat), before?.cpu ?? 0) });
      held.set(pid, proportionalMemory(pid) / 1024);
    }
    const total = [...held.values()].reduce((sum, memory) => sum + memory, 0);
    if (total <= this.memory) return;
    this.memory = total;
    this.#atMost = held;
  }

  get programs(): Record<string, Share> {
    const shares: Record<string, Share> = {};
    for (const [pid, { program, cpu }] of this.seen) {
      const share = (shares[program] ??= { cpu: 0, memory: 0 });
      share.cpu += cpu;
      share.memory += this.#atMost.get(pid) ?? 0;
    }
    return shares;
  }
}

function programOf(pid: number): string | undefined {
  const file = linkOf(`/proc/${pid}/exe`);
  return file === undefined ? undefined : basename(file);
}

/** The process and all below it, each with what /proc says of it; nothing of a root that has ended. */
function descendants(root: number): [pid: number, stat: string[]][] {
  const stats = new Map<number, string[]>();
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const stat = statFields(name);
    if (stat === undefined) continue;
    const [pid, parent] = [Number(name), Number(stat[1])];
    stats.set(pid, stat);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found.map((pid) => [pid, stats.get(pid) ?? []]);
}

/** What /proc says of a process after its name, which may have spaces; undefined for one that has ended. */
function statFields(pid: string): string[] | undefined {
  if (!/^\d+$/.test(pid)) return undefined;
  return readOf(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");
}

function proportionalMemory(pid: number): number {
  const rollup = readOf(`/proc/${pid}/smaps_rollup`) ?? "";
  return Number(/^Pss: +(\d+) kB/m.exec(rollup)?.[1] ?? 0);
}

/** What a process is while it runs: its user and system time so far in seconds, and its memory in MiB. */
export function measureRunning(pid: number): Pick<Run, "cpu" | "memory"> {
  return { cpu: timeOf(String(pid)), memory: proportionalMemory(pid) / 1024 };
}

/** The user and system time in seconds that all processes in one network namespace took so far, by that one's file. */
export function cpuInNetwork(network: string): number {
  const id = readlinkSync(network);
  const inside = readdirSync("/proc").filter((pid) => linkOf(`/proc/${pid}/ns/net`) === id);
  return inside.reduce((sum, pid) => sum + timeOf(pid), 0);
}

/** The time that a process took so far; none where it has ended. */
const timeOf = (pid: string): number => cpuOf(statFields(pid) ?? []);

/** User and system time in seconds, of the fields of /proc. */
const cpuOf = (stat: string[]): number => (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / ticks;

/** Ticks that ended children of this process took, with theirs. */
function childrenTime(): number {
  const fields = statFields(String(process.pid)) ?? [];
  return Number(fields[13]) + Number(fields[14]);
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function readOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
