/** An error whose message is one sentence for the person at the terminal: no stack is shown. */
export class ClusterError extends Error {
  override name = "ClusterError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for the error that Node raises when a file, process or socket does not exist (any more). */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOENT" || code === "ESRCH" || code === "ENOTDIR";
}
