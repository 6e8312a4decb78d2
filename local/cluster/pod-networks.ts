import { readFileSync, readlinkSync } from "node:fs";
import { readStat } from "../lib/proc.ts";
import { clusterPids, currentCgroupTrees } from "./cgroups.ts";

/** The networks of all pods by their addresses, by the oldest process in each: a probe's has ended before one can ask it. */
export async function podNetworks(): Promise<Map<string, string>> {
  const networks = new Map<string, string>();
  const seen = new Set<string>();
  for (const pid of await oldestFirst(await clusterPids(await currentCgroupTrees()))) {
    const network = `/proc/${pid}/ns/net`;
    const id = attempt(() => readlinkSync(network));
    if (id === undefined || seen.has(id)) continue;
    seen.add(id);
    const table = attempt(() => readFileSync(`/proc/${pid}/net/fib_trie`, "utf8")) ?? "";
    for (const [, address = ""] of table.matchAll(/([\d.]+)\n\s+\/32 host LOCAL/g))
      if (!address.startsWith("127.")) networks.set(address, network);
  }
  return networks;
}

async function oldestFirst(pids: number[]): Promise<number[]> {
  const ages = await Promise.all(
    pids.map(async (pid) => [pid, Number((await readStat(pid))?.startTime ?? Infinity)] as const),
  );
  return ages.sort(([, one], [, other]) => one - other).map(([pid]) => pid);
}

/** A process may end between two looks at it. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
