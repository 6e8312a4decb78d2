import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inScratch } from "../local/lib/scratch.ts";
import { projectName } from "../platform/project.ts";
import { type Command, measure } from "./measure.ts";
import type { Sample } from "./pairs.ts";

/** The calls and files of a command of the engine's, which are as many on any machine. */
export interface Counts {
  /** How often the program calls the engine, and the engine a plugin, by the name of the call. */
  calls: Record<string, number>;
  /** The files that the program loads, those of its packages too. */
  modules: number;
}

/** One line of the engine's log: a call begins, or it is answered. */
interface Logged {
  method: string;
  progress: string;
}

const services = /^\/pulumirpc\.(ResourceMonitor|ResourceProvider)\//;

/** Counts the calls in an engine's log, without those by which the SDK asks what the engine can and processes are told to end. */
export function callsIn(log: string): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const line of log.split("\n").filter((text) => text !== "")) {
    const { method, progress } = JSON.parse(line) as Logged;
    const name = method.replace(services, "");
    if (progress !== "request_started" || name === method) continue;
    if (["SupportsFeature", "Cancel"].includes(name)) continue;
    calls[name] = (calls[name] ?? 0) + 1;
  }
  return calls;
}

/** Runs a command of the engine's once more and counts; that takes longer than without, so nobody measures its time. */
export const countsOf = (command: Command): Promise<Counts> =>
  // The log has what the calls say, secrets too: in a folder that only its owner may read, for as long as it is counted.
  inScratch(async (folder) => {
    const [log, modules] = [join(folder, "calls.json"), join(folder, "modules")];
    const hook = new URL("modules.ts", import.meta.url).href;
    const env = {
      ...command.env,
      PULUMI_DEBUG_GRPC: log,
      BENCH_MODULES: modules,
      NODE_OPTIONS: `--import ${hook}`,
    };
    await measure({ ...command, env });
    const calls = callsIn(await readFile(log, "utf8"));
    return { calls, modules: Number(await readFile(modules, "utf8")) };
  });

/** The counts as figures; every plugin's process is greeted once. */
export const figuresOf = ({ calls, modules }: Counts): Sample => ({
  rpcs: Object.values(calls).reduce((sum, number) => sum + number, 0),
  providers: calls["Handshake"] ?? 0,
  modules,
});

/** The size of a stack's state as the backend keeps it, in KiB. */
export async function stateSize({ env }: Pick<Command, "env">): Promise<number> {
  const backend = (env["PULUMI_BACKEND_URL"] ?? "").replace("file://", "");
  const file = join(backend, ".pulumi/stacks", projectName, "dev.json");
  return Buffer.byteLength(await readFile(file)) / 1024;
}
