/** A failure that the user can act on: its message is all they need to read, so no trace is printed. */
export class LocalError extends Error {
  override name = "LocalError";
}

/** Runs a command; a LocalError ends it with its sentence, anything else is a bug and keeps its trace. */
export async function endWithSentence(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Says whether Node raised the error because a file, process or socket does not exist (any more). */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOENT" || code === "ESRCH" || code === "ENOTDIR";
}
