import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readlinkSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { clusterPids, currentCgroupTrees } from "../../local/cluster/cgroups.ts";
import { dnsAddress, namespacePath, nodeAddress } from "../../local/cluster/layout.ts";
import { readStat } from "../../local/lib/proc.ts";
import type { Task } from "./probe.ts";

/** Where connections are opened and taken: a pod, or the node. */
export interface Place {
  address: string;
  /** The file of its network. */
  network: string;
}

export const node: Place = { address: nodeAddress, network: namespacePath };

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

/** Keeps somebody listening in these places until the returned function is called. */
export async function listening(wanted: Map<Place, Set<number>>): Promise<() => void> {
  const children = await Promise.all(
    [...wanted].map(async ([place, ports]) => {
      const child = inside(place, { listen: [...ports] });
      await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
      if (child.exitCode !== null) throw new Error(`nobody can listen at ${place.address}`);
      return child;
    }),
  );
  return () => children.forEach((child) => child.stdin.end());
}

/** What a place can open, in the order of the targets, and whether the cluster's DNS answers it. */
export async function opened(
  from: Place,
  targets: [address: string, port: number][],
): Promise<{ open: boolean[]; names: boolean }> {
  const child = inside(from, { connect: targets, ask: dnsAddress });
  return JSON.parse(await text(child.stdout)) as { open: boolean[]; names: boolean };
}

const program = fileURLToPath(new URL("probe.ts", import.meta.url));

function inside({ network }: Place, task: Task) {
  const command = [process.execPath, program, JSON.stringify(task)];
  return spawn("nsenter", [`--net=${network}`, "--", ...command], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}
