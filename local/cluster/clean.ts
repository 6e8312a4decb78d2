import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { clusterPids, currentCgroupTrees, removeCgroups, thaw } from "./cgroups.ts";
import { LocalError, messageOf } from "../lib/failure.ts";
import { clusterName, namespacePath, type Layout } from "./layout.ts";
import { currentMounts, mountsBelow, unmountBelow } from "./mounts.ts";
import { namespaceOwner, removeNetwork } from "./network.ts";
import { isLiving, readStat, signal } from "../lib/proc.ts";
import { notedPids } from "./processes.ts";
import { readRecord, removeOutside, restoreHostControllers, restoreSettings } from "./record.ts";

export interface CleanStep {
  name: string;
  run: (layout: Layout) => Promise<void>;
}

/**
 * The order matters: what restarts containers ends before them, all processes before their mounts
 * and groups can go, every mount before anything is deleted, and the state folder, which holds the
 * record of how the host was, last.
 */
export const haltSteps: CleanStep[] = [
  { name: "end the node and the control plane", run: endNoted },
  { name: "end containers", run: endContainers },
  { name: "unmount", run: unmountAll },
  { name: "remove control groups", run: removeGroups },
  { name: "remove the network", run: removeOwnNetwork },
  {
    name: "restore kernel settings",
    run: async (layout) => restoreSettings(await readRecord(layout)),
  },
  {
    name: "remove files elsewhere",
    run: async (layout) => removeOutside(layout, await readRecord(layout)),
  },
];

export const removeStateStep: CleanStep = { name: "remove the state folder", run: removeState };

/** Ends the cluster and removes every trace of it. */
export async function clean(layout: Layout): Promise<void> {
  await refuseOthers(layout);
  await runSteps(layout, [...haltSteps, removeStateStep]);
}

/** Ends the cluster, but keeps its data and logs. */
export async function halt(layout: Layout): Promise<void> {
  await refuseOthers(layout);
  await runSteps(layout, haltSteps);
}

async function refuseOthers(layout: Layout): Promise<void> {
  const owner = await namespaceOwner(layout.state);
  if (typeof owner !== "object") return;
  throw new LocalError(
    `The running local cluster has its state in ${owner.other}: stop it from there.`,
  );
}

/** Runs every step, though one before it failed, except that nothing is deleted then. */
export async function runSteps(layout: Layout, steps: CleanStep[]): Promise<void> {
  const problems: string[] = [];
  for (const step of steps) {
    if (step === removeStateStep && problems.length > 0) break;
    await step.run(layout).catch((error: unknown) => {
      problems.push(`${step.name}: ${messageOf(error)}`);
    });
  }
  if (problems.length === 0) return;
  throw new LocalError(
    `The local cluster is not removed completely (${problems.join("; ")}): try once more.`,
  );
}

async function endNoted(layout: Layout): Promise<void> {
  // Each is the leader of its own group. Nothing is kept, so nothing needs a clean shutdown.
  for (const pid of await notedPids(layout)) signal(-pid, "SIGKILL");
}

/** Kills whatever is in the cluster's groups until nothing is: shims and containers may still fork. */
async function endContainers(layout: Layout): Promise<void> {
  const trees = await currentCgroupTrees();
  for (let attempt = 0; attempt < 200; attempt++) {
    const pids = [...(await clusterPids(trees)), ...(await notedPids(layout))];
    const stats = await Promise.all(pids.map((pid) => readStat(pid)));
    const left = pids.filter((_, at) => isLiving(stats[at]));
    if (left.length === 0) return;
    await thaw(trees);
    for (const pid of left) signal(pid, "SIGKILL");
    await sleep(50);
  }
  throw new LocalError(`processes of ${clusterName} do not end`);
}

async function unmountAll(layout: Layout): Promise<void> {
  const busy = await unmountBelow(layout.state);
  if (busy.length > 0) throw new LocalError(`still mounted: ${busy.join(", ")}`);
}

async function removeGroups(layout: Layout): Promise<void> {
  const left = await removeCgroups(await currentCgroupTrees());
  if (left.length > 0) throw new LocalError(`still in use: ${left.join(", ")}`);
  await restoreHostControllers(await readRecord(layout));
}

/** Removes the network, but not a namespace of the same name that somebody else made. */
async function removeOwnNetwork(layout: Layout): Promise<void> {
  const owner = await namespaceOwner(layout.state);
  const made = (await readRecord(layout))?.absent.includes(namespacePath) ?? false;
  if (owner === "ours" || made) await removeNetwork();
}

async function removeState(layout: Layout): Promise<void> {
  // Deleting through a mount would delete what is behind it.
  const mounted = mountsBelow(await currentMounts(), layout.state);
  if (mounted.length > 0) throw new LocalError(`still mounted: ${mounted.join(", ")}`);
  // What says that there is something to clean goes last.
  await rm(layout.ready, { force: true });
  await rm(layout.state, { recursive: true, force: true, maxRetries: 3 });
}
