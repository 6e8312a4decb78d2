import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalError } from "../local/lib/failure.ts";
import { tryRun } from "../local/lib/run.ts";
import { loadRoot } from "../local/toolchain/index.ts";
import type { Sample } from "./pairs.ts";

export interface Load {
  /** The file of the network namespace in which the load is made; it reaches nothing outside of this machine. */
  network: string;
  url: string;
  host: string;
  connections: number;
  /** It ends by itself after so many. */
  seconds: number;
}

/** Longer than a redirect takes behind as many as any load has at a time, where Shlink answers some fifty in a second. */
const patience = "30s";
const script = fileURLToPath(new URL("head.lua", import.meta.url));

/** Follows a link as fast as it is answered, by so many connections at a time. */
export async function wrk({ network, url, host, connections, seconds }: Load): Promise<Sample> {
  const root = await loadRoot();
  const libraries = ["usr/lib", "lib"].map((folder) => join(root, folder, "x86_64-linux-gnu"));
  const command = ["env", `LD_LIBRARY_PATH=${libraries.join(":")}`, join(root, "usr/bin/wrk")];
  const size = ["--threads", "1", "--connections", String(connections)];
  const time = ["--duration", `${seconds}s`, "--timeout", patience, "--latency"];
  const asked = ["--script", script, "--header", `Host: ${host}`, url];
  const args = [`--net=${network}`, ...command, ...size, ...time, ...asked];
  const { code, output } = await tryRun("nsenter", args);
  if (code !== 0) throw new LocalError(`wrk does not succeed:\n${output}`);
  return readWrk(output);
}

/**
 * Reads what wrk prints: requests per second, and the milliseconds within which half and 99 of 100 were answered.
 * @throws LocalError when some were answered by an error or not at all.
 */
export function readWrk(output: string): Sample {
  const [, failed] = /^ *((?:Non-2xx or 3xx responses|Socket errors): .*)/m.exec(output) ?? [];
  if (failed !== undefined) throw new LocalError(`Not every redirect succeeded: ${failed}`);
  const [, throughput = "0"] = /^Requests\/sec: +([\d.]+)$/m.exec(output) ?? [];
  if (Number(throughput) === 0) throw new LocalError("No redirect was answered.");
  return {
    throughput: Number(throughput),
    p50: milliseconds(/^ +50% +(\S+) *$/m.exec(output)?.[1]),
    p99: milliseconds(/^ +99% +(\S+) *$/m.exec(output)?.[1]),
  };
}

/** How many of each make a millisecond. */
const units: Record<string, number> = { us: 1000, ms: 1, s: 0.001 };

function milliseconds(text = ""): number {
  const [, value, unit = ""] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) / (units[unit] ?? Number.NaN);
}
