import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { currentCgroupTrees } from "./cgroups.ts";
import { findCommand, tryRun } from "../lib/run.ts";
import { clusterName, namespacePath, type Layout } from "./layout.ts";
import { namespaceOwner } from "./network.ts";
import { neededCommands, neededPlugins, type HostFacts } from "./preflight.ts";
import { allPids, isLiving, readStat } from "../lib/proc.ts";
import { readRecord } from "./record.ts";

const pluginFolders = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"];

function missingIn(folder: string): string[] {
  return neededPlugins.filter((name) => !existsSync(join(folder, name)));
}

/** Finds the folder that has all the CNI plugins, or the best there is. */
export function findPlugins(): { folder: string; missing: string[] } {
  let best = { folder: "", missing: neededPlugins };
  for (const folder of pluginFolders) {
    const missing = missingIn(folder);
    if (missing.length < best.missing.length) best = { folder, missing };
  }
  return best;
}

function missingCommands(): string[] {
  return Object.keys(neededCommands).filter((name) => findCommand(name) === undefined);
}

export function availableMemory(meminfo: string): number {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo);
  return match ? Number(match[1]) * 1024 : 0;
}

async function freeDisk(folder: string): Promise<number> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
    if (at === dirname(at)) return 0;
  }
}

interface AddressInfo {
  ifname: string;
  addr_info: { family: string; local?: string; prefixlen: number }[];
}

async function addresses(): Promise<HostFacts["addresses"]> {
  const shown = await tryRun("ip", ["-4", "-json", "address", "show"]);
  if (shown.code !== 0) return [];
  return (JSON.parse(shown.stdout || "[]") as AddressInfo[]).flatMap((link) =>
    link.addr_info.map((info) => ({
      device: link.ifname,
      network: `${info.local ?? "0.0.0.0"}/${info.prefixlen}`,
    })),
  );
}

async function routes(): Promise<HostFacts["routes"]> {
  const shown = await tryRun("ip", ["-4", "-json", "route", "show"]);
  if (shown.code !== 0) return [];
  const list = JSON.parse(shown.stdout || "[]") as { dst: string; dev?: string }[];
  return list
    .filter((route) => route.dst !== "default")
    .map((route) => ({ device: route.dev ?? "no interface", network: route.dst }));
}

/** Finds a living kubelet that is not in the cluster's own group. */
async function otherKubelet(): Promise<number | undefined> {
  for (const pid of await allPids()) {
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.trim() !== "kubelet") continue;
    const groups = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
    const ours = groups.includes(`/${clusterName}/`);
    if (!ours && isLiving(await readStat(pid))) return pid;
  }
  return undefined;
}

export async function observeFacts(layout: Layout): Promise<HostFacts> {
  const isLinux = process.platform === "linux";
  if (!isLinux || process.getuid?.() !== 0) return emptyFacts(layout);
  const commands = missingCommands();
  const hasIp = !commands.includes("ip");
  const record = await readRecord(layout);
  const trees = await currentCgroupTrees();
  return {
    ...emptyFacts(layout),
    availableMemory: availableMemory(await readFile("/proc/meminfo", "utf8")),
    freeDisk: await freeDisk(layout.state),
    missingCommands: commands,
    missingPlugins: findPlugins().missing,
    hasCgroups: trees.tracking !== "",
    namespace: hasIp ? await namespaceOwner(layout.state) : "none",
    made: record?.absent.includes(namespacePath) ?? false,
    addresses: hasIp ? await addresses() : [],
    routes: hasIp ? await routes() : [],
    otherKubelet: await otherKubelet(),
  };
}

function emptyFacts(layout: Layout): HostFacts {
  return {
    platform: process.platform,
    userId: process.getuid?.() ?? -1,
    availableMemory: 0,
    stateDir: layout.state,
    freeDisk: 0,
    missingCommands: [],
    missingPlugins: [],
    hasCgroups: false,
    namespace: "none",
    made: false,
    addresses: [],
    routes: [],
    otherKubelet: undefined,
  };
}
