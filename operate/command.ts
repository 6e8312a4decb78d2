/** Tells how it goes, a line at a time. */
export type Report = (line: string) => void;

export const report: Report = (line) => void process.stderr.write(`${line}\n`);

/** Runs a command for a person: what it cannot do is one sentence on the error output, and exit code 1. */
export async function runCommand(main: (args: string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
