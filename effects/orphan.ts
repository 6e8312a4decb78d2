/**
 * Ends the process once nobody reads what it says: its engine was killed. Left alone, a program of Pulumi's SDK never ends
 * then: writing fails, which the SDK takes for an uncaught error and writes, at the cost of a whole core and with
 * the program's tunnels still open.
 */
export function endWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", () => {
      process.exit(1);
    });
}
