import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { projectName } from "../../platform/project.ts";
import { LocalError } from "../lib/failure.ts";
import { allPids, isLiving, readCommandLine, readStat, signal } from "../lib/proc.ts";
import type { Pulumi } from "./pulumi.ts";
import { home, state } from "./environment.ts";
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

/** A plugin outlives an engine that was killed, and goes on with what it was told. */
async function endOrphans(report: (line: string) => void): Promise<void> {
  for (const pid of await allPids()) {
    const [file = ""] = (await readCommandLine(pid)).split(" ");
    if (!file.startsWith(join(home, "plugins/"))) continue;
    const stat = await readStat(pid);
    if (!isLiving(stat) || (await isPulumi(stat?.parent ?? 0))) continue;
    signal(pid, "SIGKILL");
    report(`Ended process ${pid}, a plugin of an interrupted Pulumi`);
  }
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
