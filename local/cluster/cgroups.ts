import { mkdir, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isGone } from "../lib/failure.ts";
import { clusterName } from "./layout.ts";
import { currentMounts, type Mount } from "./mounts.ts";

const neededControllers = ["cpu", "cpuset", "memory", "pids"];

export interface CgroupTrees {
  /** Mount points of every hierarchy, version 1 and 2. */
  roots: string[];
  /** The hierarchy that remembers which processes are the cluster's own. */
  tracking: string;
  /** The version 1 cpuset hierarchy: a new group there takes no process before it has CPUs. */
  cpuset: string | undefined;
  /** Whether there is only version 2, without version 1 controllers beside it. */
  unified: boolean;
}

export function cgroupTrees(mounts: Mount[]): CgroupTrees {
  const v1 = mounts.filter((mount) => mount.type === "cgroup");
  const v2 = mounts.filter((mount) => mount.type === "cgroup2");
  const having = (name: string) => v1.find((mount) => mount.options.includes(name))?.point;
  // Processes stay in the memory group they were started in: who accounts for them goes on doing so.
  const tracking = having("pids") ?? having("freezer") ?? v2[0]?.point ?? v1[0]?.point ?? "";
  return {
    roots: [...new Set([...v1, ...v2].map((mount) => mount.point))],
    tracking,
    cpuset: having("cpuset"),
    unified: v1.length === 0,
  };
}

export async function currentCgroupTrees(): Promise<CgroupTrees> {
  return cgroupTrees(await currentMounts());
}

/** Names the group of containerd, kubelet and the control plane; pods get `kubepods` beside it. */
export function systemCgroup(trees: CgroupTrees): string {
  return join(trees.tracking, clusterName, "system");
}

export async function createCgroups(trees: CgroupTrees): Promise<void> {
  if (trees.unified) await enableControllers(trees.tracking);
  for (const root of trees.roots) await mkdir(join(root, clusterName), { recursive: true });
  if (trees.cpuset) await copyCpus(trees.cpuset, join(trees.cpuset, clusterName));
  if (trees.unified) await enableControllers(join(trees.tracking, clusterName));
  await mkdir(systemCgroup(trees), { recursive: true });
}

async function enableControllers(group: string): Promise<void> {
  for (const controller of neededControllers) {
    await writeFile(join(group, "cgroup.subtree_control"), `+${controller}`).catch(() => undefined);
  }
}

/** Lists the controllers that the root of a version 2 tree passes on to its groups. */
export async function passedOnControllers(trees: CgroupTrees): Promise<string[]> {
  if (!trees.unified) return [];
  const file = join(trees.tracking, "cgroup.subtree_control");
  return (await readFile(file, "utf8").catch(() => "")).split(/\s+/).filter((name) => name !== "");
}

/** Takes back what `createCgroups` switched on at the root. */
export async function restoreControllers(trees: CgroupTrees, before: string[]): Promise<void> {
  for (const controller of await passedOnControllers(trees)) {
    if (before.includes(controller) || !neededControllers.includes(controller)) continue;
    const file = join(trees.tracking, "cgroup.subtree_control");
    await writeFile(file, `-${controller}`).catch(() => undefined);
  }
}

async function copyCpus(from: string, to: string): Promise<void> {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    await writeFile(join(to, file), await readFile(join(from, file), "utf8"));
  }
}

/** Lists every group of a tree, parents before children. */
export async function groupsBelow(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  if (entries === undefined) return [];
  const groups = [group];
  for (const entry of entries) {
    if (entry.isDirectory()) groups.push(...(await groupsBelow(join(group, entry.name))));
  }
  return groups;
}

/** Lists the processes in the cluster's groups of every hierarchy. */
export async function clusterPids(trees: CgroupTrees): Promise<number[]> {
  const pids = new Set<number>();
  for (const root of trees.roots) {
    for (const group of await groupsBelow(join(root, clusterName))) {
      const text = await readFile(join(group, "cgroup.procs"), "utf8").catch(() => "");
      for (const line of text.split("\n")) if (Number(line) > 0) pids.add(Number(line));
    }
  }
  return [...pids];
}

/** Thaws what a container runtime left frozen when it was killed while it ended a container: it takes no signal. */
export async function thaw(trees: CgroupTrees): Promise<void> {
  for (const root of trees.roots) {
    for (const group of await groupsBelow(join(root, clusterName))) {
      await settle(join(group, "freezer.state"), "THAWED");
      await settle(join(group, "cgroup.freeze"), "0");
    }
  }
}

/** Writes to a file of a group where there is one. */
async function settle(file: string, value: string): Promise<void> {
  await writeFile(file, value, { flag: "r+" }).catch(() => undefined);
}

/** Removes the cluster's groups and returns those that resisted. */
export async function removeCgroups(trees: CgroupTrees): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const left: string[] = [];
    for (const root of trees.roots) {
      for (const group of (await groupsBelow(join(root, clusterName))).reverse()) {
        await rmdir(group).catch((error: unknown) => {
          if (!isGone(error)) left.push(group);
        });
      }
    }
    // The kernel frees a group a moment after its last process has ended.
    if (left.length === 0 || attempt === 50) return left;
    await sleep(100);
  }
}
