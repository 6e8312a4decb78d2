import type { commands } from "./commands.ts";
import { endWithSentence, LocalError } from "./lib/failure.ts";
import { withLock } from "./lib/lock.ts";
import { commandLock } from "./lib/paths.ts";
import { endChildrenWithUs } from "./lib/run.ts";
import { exportLines } from "./stack/environment.ts";
import { stackName } from "./stack/stacks.ts";
import { toolsCommand } from "./toolchain/command.ts";

/** Prints what a shell evaluates, and nothing else. */
function showVariables([stack = "dev"]: string[]): Promise<void> {
  process.stdout.write(exportLines(stackName(stack)));
  return Promise.resolve();
}

type Command = (words: string[]) => Promise<void>;
type LateCommand = keyof typeof commands;

/** Runs a command of commands.ts, which takes half a second to load: who only asks for the usage or for `env` is spared that. */
const late =
  (word: LateCommand): Command =>
  async (words) =>
    (await import("./commands.ts")).commands[word](words);

/** The commands that change the cluster or its stacks: one of them runs at a time. */
const platformCommands: LateCommand[] = ["up", "smoke", "preview", "down", "clean"];
/** The commands that change nothing, or one part by itself, which has locks of its own. */
const partCommands: Record<string, Command> = {
  env: showVariables,
  cluster: late("cluster"),
  tools: toolsCommand,
};

const known = [...platformCommands, ...Object.keys(partCommands)].join("|");
const USAGE = `usage: node local/main.ts ${known}
  up       from a bare machine to a working link; goes on after an interruption
  smoke    creates, follows and counts a link
  preview  what up would change; of another stack: preview STACK
  down     destroys the stack, then the cluster
  clean    removes the cluster with everything in it
  env      the variables of a shell that reaches the stack; of another stack: env STACK
  cluster  the cluster by itself: start, stop or status
  tools    finds, fetches or builds the tools: tools [--list] [NAME...]`;

async function main([word = "", ...words]: string[]): Promise<void> {
  if (word === "--help") return void process.stdout.write(`${USAGE}\n`);
  const command = platformCommands.find((one) => one === word);
  if (command !== undefined) return withLock(commandLock, () => late(command)(words));
  const part = partCommands[word];
  if (part !== undefined) return part(words);
  throw new LocalError(`usage: node local/main.ts ${known}`);
}

endChildrenWithUs();
await endWithSentence(() => main(process.argv.slice(2)));
