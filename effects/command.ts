import { reasonOf } from "./reason.ts";

/** Tells how it goes, a line at a time. */
export type Report = (line: string) => void;

export const report: Report = (line) => void process.stderr.write(`${line}\n`);

/** A reader who has seen enough, as `head` has, ends the command; a full disk is told. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  console.error(`The result cannot be written to the standard output (${reasonOf(error)}).`);
  process.exit(1);
});

/** A sentence on arguments that a command cannot do with; its usage is told after it. */
export class WrongArguments extends Error {}

/** Refuses words that follow where none is expected. */
export function refuseMore([word]: string[]): void {
  if (word !== undefined) throw new WrongArguments(`"${word}" is a word too many.`);
}

/** The sentence for what the program itself stumbles over, an answer that it did not expect; Node's would show pieces of it. */
function misunderstanding(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return misunderstood("it is no JSON");
  const isOurs = error instanceof TypeError && !("code" in error);
  return isOurs ? misunderstood(reasonOf(error)) : undefined;
}

const misunderstood = (what: string) =>
  `An answer of the cluster or of Pulumi is not what it should be (${what}): run this again; if it stays so, look at npm run doctor.`;

/**
 * Runs a command for a person. `--help` prints its usage; an argument that it does not know, and what it cannot do, is said on
 * the error output without a trace, with exit code 1.
 */
export async function runCommand(
  usage: string,
  main: (args: string[]) => Promise<void> | void,
): Promise<void> {
  const args = process.argv.slice(2);
  // What follows -- is for another program.
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (own.includes("--help")) return void process.stdout.write(`${usage}\n`);
  try {
    await main(args);
  } catch (error) {
    const { code, message = String(error) } = error as Partial<NodeJS.ErrnoException>;
    const wrong = error instanceof WrongArguments || code?.startsWith("ERR_PARSE_ARGS") === true;
    const told = wrong ? `${message.split("\n")[0]}\n${usage}` : message;
    console.error(misunderstanding(error) ?? told);
    process.exitCode = 1;
  }
}
