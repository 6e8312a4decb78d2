import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../local/lib/paths.ts";
import { allPids, readCommandLine } from "../local/lib/proc.ts";

type Target = "command" | "engine" | "plugin" | "program" | "API server";

/** By what the command lines of the processes are known. */
const commandLines: Record<Exclude<Target, "command">, RegExp> = {
  engine: /\/bin\/pulumi (up|destroy) /,
  plugin: /\/pulumi-resource-kubernetes /,
  program: /\/@pulumi\/pulumi\/cmd\/run\/index\.js /,
  "API server": /\/kube-apiserver /,
};

/** A way in which an `up` or a `destroy` comes to an end before its time. */
export interface Blow {
  name: string;
  strike(command: ChildProcess): Promise<void>;
}

async function pidOf(target: Exclude<Target, "command">): Promise<number> {
  for (const pid of await allPids())
    if (commandLines[target].test(await readCommandLine(pid))) return pid;
  throw new Error(`there is no ${target}`);
}

async function send(target: Target, signal: NodeJS.Signals, command: ChildProcess): Promise<void> {
  if (target === "command") command.kill(signal);
  else process.kill(await pidOf(target), signal);
}

const signal = (target: Target, name: NodeJS.Signals, times = 1): Blow => ({
  name: `${name}${times > 1 ? ` ${times} times` : ""} to the ${target}`,
  strike: async (command) => {
    for (let time = 0; time < times; time++) {
      if (time > 0) await sleep(500);
      await send(target, name, command);
    }
  },
});

/** The API server answers nothing for a minute, and nobody's connection is closed. */
const silence: Blow = {
  name: "an API server that is gone for a minute",
  strike: async (command) => {
    await send("API server", "SIGSTOP", command);
    await sleep(60_000);
    await send("API server", "SIGCONT", command);
  },
};

export const blows = {
  once: signal("command", "SIGINT"),
  twice: signal("command", "SIGINT", 2),
  terminated: signal("command", "SIGTERM"),
  engine: signal("engine", "SIGKILL"),
  plugin: signal("plugin", "SIGKILL"),
  program: signal("program", "SIGKILL"),
  silence,
};

interface Interrupted {
  /** How many resources were done when it was struck; fewer than wanted when the command came to its end before. */
  done: number;
  code: number | null;
  output: string;
}

/** Runs a local command as a user does and strikes it once so many resources are `created` or `deleted`. */
export async function interrupt(
  word: "up" | "down",
  after: number,
  blow: Blow,
): Promise<Interrupted> {
  const command = spawn(process.execPath, ["local/main.ts", word], { cwd: repository });
  const closed = once(command, "close") as Promise<[number | null]>;
  let [done, output] = [0, ""];
  let struck: Promise<void> | undefined;
  const hear = (line: string) => {
    output += `${line}\n`;
    if (!/ (created|deleted) \(/.test(line)) return;
    done += 1;
    if (done >= after) struck ??= blow.strike(command);
  };
  for (const stream of [command.stdout, command.stderr])
    createInterface({ input: stream }).on("line", hear);
  const [code] = await closed;
  await struck;
  await untilEngineEnds();
  return { done, code, output };
}

const patience = 120;

/** A command that was itself cut off leaves an engine that still writes its state; a second one is refused until then. */
async function untilEngineEnds(): Promise<void> {
  for (let second = 0; second < patience; second++, await sleep(1000))
    if ((await pidOf("engine").catch(() => undefined)) === undefined) return;
  throw new Error(`the engine did not end within ${patience} s`);
}
