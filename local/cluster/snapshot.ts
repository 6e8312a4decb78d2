import { readFile, readdir, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { currentCgroupTrees, groupsBelow, passedOnControllers } from "./cgroups.ts";
import { tryRun } from "../lib/run.ts";
import { clusterName } from "./layout.ts";
import { currentMounts } from "./mounts.ts";
import { allPids } from "../lib/proc.ts";
import { outsidePaths, readSettings } from "./record.ts";

/** Everything of the host that a cluster could change, as sorted lines under a few headings. */
export type HostSnapshot = Record<string, string[]>;

const watchedFolders = [
  ...new Set([
    "/run",
    "/run/netns",
    "/var/lib",
    "/var/log",
    "/opt",
    "/etc/cni",
    "/dev/shm",
    ...outsidePaths,
  ]),
];

async function lines(command: string, args: string[]): Promise<string[]> {
  const { stdout } = await tryRun(command, args);
  return stdout
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

async function folderEntries(): Promise<string[]> {
  const entries: string[] = [];
  for (const folder of watchedFolders) {
    for (const name of await readdir(folder).catch(() => [])) entries.push(join(folder, name));
  }
  return entries;
}

async function controlGroups(): Promise<string[]> {
  const { roots } = await currentCgroupTrees();
  return (await Promise.all(roots.map((root) => groupsBelow(root)))).flat();
}

const clusterPrograms =
  /^(etcd|kube-[a-z-]+|kubelet|kubernetes|containerd|containerd-shim.*|runc|coredns|local-path-provisioner|pause)$/;

/**
 * Processes that look like a cluster's: by program, by control group or by network namespace.
 * Others come and go on any machine and say nothing. Process ids differ every time: not in it.
 */
async function clusterProcesses(): Promise<string[]> {
  const ownNetwork = await readlink("/proc/self/ns/net").catch(() => "");
  const found: string[] = [];
  for (const pid of await allPids()) {
    const file = (await readlink(`/proc/${pid}/exe`).catch(() => "")).replace(/ \(deleted\)$/, "");
    if (file === "") continue;
    const groups = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
    const network = await readlink(`/proc/${pid}/ns/net`).catch(() => ownNetwork);
    const inside = groups.includes(`/${clusterName}/`) || network !== ownNetwork;
    if (inside || clusterPrograms.test(basename(file))) found.push(file);
  }
  return found;
}

export async function hostSnapshot(): Promise<HostSnapshot> {
  const settings = { ...(await readSettings()), ...(await forwardingSettings()) };
  const parts: HostSnapshot = {
    interfaces: await lines("ip", ["-oneline", "-brief", "link", "show"]),
    addresses: await lines("ip", ["-oneline", "-brief", "address", "show"]),
    routes: [
      ...(await lines("ip", ["-4", "route", "show", "table", "all"])),
      ...(await lines("ip", ["-6", "route", "show", "table", "all"])),
    ],
    rules: [...(await lines("ip", ["-4", "rule"])), ...(await lines("ip", ["-6", "rule"]))],
    firewall: await lines("nft", ["--stateless", "list", "ruleset"]),
    "old firewall tables": await oldTables(),
    mounts: (await currentMounts()).map((mount) => `${mount.point} ${mount.type}`),
    "control groups": await controlGroups(),
    controllers: await passedOnControllers(await currentCgroupTrees()),
    "folders and files": await folderEntries(),
    settings: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    processes: await clusterProcesses(),
  };
  return Object.fromEntries(Object.entries(parts).map(([name, list]) => [name, list.sort()]));
}

/** Lists which tables exist; asking iptables itself would create them. */
async function oldTables(): Promise<string[]> {
  const files = ["/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.flatMap((text) => text.split("\n")).filter((name) => name !== "");
}

async function forwardingSettings(): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]) {
    const value = await readFile(join("/proc/sys", name), "utf8").catch(() => undefined);
    if (value !== undefined) settings[name] = value.trim();
  }
  return settings;
}

/** Lists what differs, one line each: "+ mounts: /x tmpfs" is there now and was not before. */
export function compareSnapshots(before: HostSnapshot, after: HostSnapshot): string[] {
  const headings = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return headings.flatMap((heading) => {
    const [old, now] = [before[heading] ?? [], after[heading] ?? []];
    const added = without(now, old).map((line) => `+ ${heading}: ${line}`);
    return [...added, ...without(old, now).map((line) => `- ${heading}: ${line}`)];
  });
}

/** Lists the lines of a list that another lacks; a line that is there twice counts twice. */
function without(list: string[], other: string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of other) counts.set(line, (counts.get(line) ?? 0) + 1);
  return list.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}
