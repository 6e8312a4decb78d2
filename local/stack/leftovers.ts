import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { projectName } from "../../platform/project.ts";
import { LocalError } from "../lib/failure.ts";
import { allPids, isLiving, readCommandLine, readStat, signal } from "../lib/proc.ts";
import type { Pulumi } from "./pulumi.ts";
import { bin, home, state } from "./environment.ts";
import type { StackName } from "./stacks.ts";

/** What Pulumi writes into the file of its lock. */
interface Lock {
  pid: number;
  hostname: string;
}

const folder = join(state, ".pulumi");

/**
 * Clears what an interrupted Pulumi leaves in a local stack: the locks of processes that are gone, plugins that go on without
 * it, attributes that it did not write to their end, and the operations that it does not know the end of. The program takes over what these have made, so that nothing is lost with them.
 * @throws LocalError while a process of this machine, or of another one, has the stack.
 */
export async function clearLeftovers(
  stack: StackName,
  pulumi: Pulumi,
  report: (line: string) => void,
): Promise<void> {
  await releaseLocks(stack, report);
  await endOrphans(report);
  await dropCutAttributes(stack, report);
  await forgetPending(stack, pulumi, report);
}

/** What the engine starts, by how its command line begins; the language host starts the program. */
const parts = { plugin: join(home, "plugins/"), "language host": join(bin, "language-host ") };

/** All of them outlive an engine that was killed: a plugin goes on with what it was told, a program keeps its tunnels open. */
async function endOrphans(report: (line: string) => void): Promise<void> {
  const orphans: [pid: number, part: string][] = [];
  for (const pid of await allPids()) {
    const part = await orphaned(pid);
    if (part !== undefined) orphans.push([pid, part]);
  }
  for (const [pid, part] of orphans) {
    signal(pid, "SIGKILL");
    report(`Ended process ${pid}, a ${part} of an interrupted Pulumi`);
  }
}

/** Says which part of a Pulumi a process is that has no engine any more. */
async function orphaned(pid: number): Promise<string | undefined> {
  const stat = await readStat(pid);
  if (stat === undefined || !isLiving(stat)) return undefined;
  const [part, above] = [await partOf(pid), await partOf(stat.parent)];
  if (part !== undefined) return (await isPulumi(stat.parent)) ? undefined : part;
  const isProgram = above === "language host" && (await orphaned(stat.parent)) !== undefined;
  return isProgram ? "program" : undefined;
}

async function partOf(pid: number): Promise<string | undefined> {
  const words = `${await readCommandLine(pid)} `;
  return Object.entries(parts).find(([, start]) => words.startsWith(start))?.[0];
}

async function releaseLocks(stack: StackName, report: (line: string) => void): Promise<void> {
  const locks = join(folder, "locks/organization", projectName, stack);
  if (!existsSync(locks)) return;
  // Beside each lies a file of the backend's own, which it does not take for a lock.
  for (const name of (await readdir(locks)).filter((one) => one.endsWith(".json"))) {
    const file = join(locks, name);
    const { pid, hostname: host } = JSON.parse(await readFile(file, "utf8")) as Lock;
    if (host !== hostname())
      throw new LocalError(
        `The local stack ${stack} is locked by process ${pid} of machine ${host}: when nothing runs there any more, remove ${file}.`,
      );
    if (await isPulumi(pid))
      throw new LocalError(
        `Pulumi still works on the local stack ${stack} in process ${pid}: wait until it ends, then try again.`,
      );
    for (const part of [file, `${file}.attrs`]) await rm(part, { force: true });
    report(`Released the lock of process ${pid}, which was interrupted`);
  }
}

/**
 * The backend writes a file's attributes beside it, first and not whole at once: killed meanwhile, it cannot read the file any
 * more ("failed to load checkpoint: EOF"). Without attributes it can, and the next write makes them anew.
 */
async function dropCutAttributes(stack: StackName, report: (line: string) => void): Promise<void> {
  const checkpoint = join(folder, "stacks", projectName, `${stack}.json`);
  for (const file of [checkpoint, `${checkpoint}.bak`].map((one) => `${one}.attrs`)) {
    if (!existsSync(file) || isJson(await readFile(file, "utf8"))) continue;
    await rm(file);
    report(`Removed ${file}, which an interruption cut off`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A process id may belong to another program by now. */
const isPulumi = async (pid: number) =>
  isLiving(await readStat(pid)) && /^(\S*\/)?pulumi( |$)/.test(await readCommandLine(pid));

/** Pulumi drops them at a refresh; one of the stack's root alone asks no provider. */
async function forgetPending(
  stack: StackName,
  pulumi: Pulumi,
  report: (line: string) => void,
): Promise<void> {
  const file = join(folder, "stacks", projectName, `${stack}.json`);
  if (!existsSync(file) || !(await readFile(file, "utf8")).includes('"pending_operations"')) return;
  const root = `urn:pulumi:${stack}::${projectName}::pulumi:pulumi:Stack::${projectName}-${stack}`;
  const { code, output } = await pulumi.run(
    ...["refresh", "--clear-pending-creates", "--target", root, "--yes", "--skip-preview"],
  );
  if (code !== 0)
    throw new LocalError(`The state's interrupted operations cannot be cleared: ${output.trim()}`);
  report(
    "Cleared the operations that an interruption cut off; the program takes over what they made",
  );
}
