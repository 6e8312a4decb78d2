import { LocalError } from "../lib/failure.ts";

type Cause = [pattern: RegExp, sentence: (found: RegExpExecArray) => string];

/** Each pattern is what Go, pip, npm or apt prints when a registry, the disk or the kernel fails. */
const causes: Cause[] = [
  [/no space left on device|ENOSPC/i, () => "the disk is full: free some room and run again"],
  [
    /signal: (SIGKILL|killed)|out of memory|cannot allocate/i,
    () => "it was killed, most likely for want of memory: 8 GiB are needed",
  ],
  [/signal: SIG(TERM|INT)|signal: terminated/i, () => "it was interrupted: run again to go on"],
  [
    /(?:^|\s)([^\s:]+@[^\s:]+): (?:verifying \S+: \S+ )?(?:reading|Get) [^\n]*?:? (40[34]|410)\b/m,
    (found) => `the Go module registry answered ${found[2]} for ${found[1]}: it is not served`,
  ],
  [
    /from versions: none\)[^]*No matching distribution found for (\S+)/,
    (found) => `the Python package registry did not answer, or holds no ${found[1]}`,
  ],
  [
    /No matching distribution found for (\S+)/,
    (found) => `the Python package registry does not serve ${found[1]}`,
  ],
  [
    /notarget No matching version found for (\S+?)\.?\s|requested resource '(\S+)' could not/,
    (found) => `the npm registry does not serve ${found[1] ?? found[2]}`,
  ],
  [
    /Unable to locate package (\S+)|Package '?(\S+?)'? has no installation candidate/,
    (found) => `Debian's packages hold no ${found[1] ?? found[2]}`,
  ],
  [
    /disabled by GOPROXY=off/,
    () => "Go is set to ask no module registry (GOPROXY=off): unset that and run again",
  ],
  [/verifying [^\n]*(checksum mismatch)/, () => "a downloaded module is not the one in go.sum"],
];

const unreachable =
  /dial tcp|no such host|i\/o timeout|TLS handshake timeout|connection (?:refused|reset)|network is unreachable|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|Temporary failure|Could not resolve|Failed to establish a new connection|Could not connect/i;

/** Each pattern tells by its output which registry a command asked. */
const registries: [RegExp, string][] = [
  [/NewConnectionError|pip|simple\//i, "the Python package registry"],
  [/npm (?:error|ERR!)/, "the npm registry"],
  [/\.deb\b|apt|InRelease/, "Debian's package registry"],
];

/** Turns a failed command's output into one sentence. */
export function explain(tool: string, output: string): LocalError {
  const silent = unreachable.exec(output);
  // pip says "no matching distribution" too when nothing answered.
  if (silent !== null) {
    const registry =
      registries.find(([pattern]) => pattern.test(output))?.[1] ?? "the Go module registry";
    return new LocalError(
      `${tool}: ${registry} did not answer (${silent[0]}): check the network and run again.`,
    );
  }
  for (const [pattern, sentence] of causes) {
    const found = pattern.exec(output);
    if (found !== null) return new LocalError(`${tool}: ${sentence(found)}.`);
  }
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const compile = lines.find((line) => /^\S+\.go:\d+:\d+: /.test(line));
  if (compile !== undefined) return new LocalError(`${tool}: it does not compile: ${compile}`);
  return new LocalError(`${tool}: failed: ${lines.slice(-3).join(" | ") || "no output"}`);
}
