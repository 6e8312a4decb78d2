import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { dnsAddress, namespacePath, nodeAddress } from "../../local/cluster/layout.ts";
import type { Task } from "./probe.ts";

/** Where connections are opened and taken: a pod, or the node. */
export interface Place {
  address: string;
  /** The file of its network. */
  network: string;
}

export const node: Place = { address: nodeAddress, network: namespacePath };

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
