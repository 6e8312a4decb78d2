/** Something the user's machine or network did; its message is the whole story. */
export class ToolFailure extends Error {}

const causes: [RegExp, (found: RegExpExecArray) => string][] = [
  [
    /(?:reading|GET) \S*?([\w./@-]+)\S*: (?:40[34]|410)/,
    (found) => `the registry does not serve ${found[1]}: this version cannot be had here`,
  ],
  [/no space left on device/i, () => "the disk is full: free some room and run again"],
  [
    /dial tcp|no such host|i\/o timeout|ENOTFOUND|ECONNREFUSED|Temporary failure|Could not resolve/i,
    () => "the package registry did not answer: check the network and run again",
  ],
  [/signal: killed|out of memory|cannot allocate/i, () => "it ran out of memory: 6 GiB are needed"],
];

/** Turns a failed command's output into one sentence. */
export function explain(tool: string, output: string): ToolFailure {
  for (const [pattern, sentence] of causes) {
    const found = pattern.exec(output);
    if (found !== null) return new ToolFailure(`${tool}: ${sentence(found)}.`);
  }
  const lines = output.trim().split("\n");
  const last = lines
    .filter((line) => line.trim() !== "")
    .slice(-3)
    .join(" | ");
  return new ToolFailure(`${tool}: the build failed: ${last || "no output"}`);
}
