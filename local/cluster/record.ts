import { existsSync } from "node:fs";
import { readFile, readdir, readlink, rm, rmdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { currentCgroupTrees, passedOnControllers, restoreControllers } from "./cgroups.ts";
import { tryRun } from "../lib/run.ts";
import { isGone } from "../lib/failure.ts";
import { clusterName, namespacePath, runFolder, type Layout } from "./layout.ts";
import { publishPrivateFile } from "../lib/publish.ts";
import { currentMounts } from "./mounts.ts";

/** The state of the host before the first start, as far as the cluster changes it outside of its own folder. */
export interface HostRecord {
  bootId: string;
  /** Paths that did not exist: whatever is there after a stop was made by the cluster. */
  absent: string[];
  /** Kernel settings that the kubelet changes for the whole machine. */
  settings: Record<string, string>;
  /** Control group controllers that were switched on for the whole machine (version 2 only). */
  controllers: string[];
}

const kubeletFolder = "/var/lib/kubelet";
const containerLogs = "/var/log/containers";
const networkResults = "/var/lib/cni/results";
const shimSockets = "/run/containerd/s";
const networkNamespaces = "/run/netns";
const tablesLock = "/run/xtables.lock";
const mountTool = "/run/mount";
/** Socket and credentials of the mesh's node agent. */
const meshAgent = "/run/istio-cni";

/** Paths that containerd, kubelet or ip use without asking, children before parents. */
export const outsidePaths = [
  `${kubeletFolder}/device-plugins`,
  kubeletFolder,
  containerLogs,
  networkResults,
  "/var/lib/cni",
  shimSockets,
  "/run/containerd",
  "/opt/containerd",
  namespacePath,
  networkNamespaces,
  tablesLock,
  mountTool,
  meshAgent,
];

const kernelSettings = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}

export async function readRecord(layout: Layout): Promise<HostRecord | undefined> {
  const text = await readFile(layout.record, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as HostRecord);
}

async function observeHost(): Promise<HostRecord> {
  const absent = outsidePaths.filter((path) => !existsSync(path));
  const controllers = await passedOnControllers(await currentCgroupTrees());
  return { bootId: await bootId(), absent, settings: await readSettings(), controllers };
}

export async function readSettings(): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of kernelSettings) {
    const value = await readFile(join("/proc/sys", name), "utf8").catch(() => undefined);
    if (value !== undefined) settings[name] = value.trim();
  }
  return settings;
}

/** Merges two records: after a reboot the old one still holds for the disk, the new one for everything else. */
export function mergeRecords(old: HostRecord | undefined, now: HostRecord): HostRecord {
  if (!old) return now;
  if (old.bootId === now.bootId) return old;
  const kept = old.absent.filter((path) => !path.startsWith("/run/"));
  return { ...now, absent: outsidePaths.filter((path) => [...kept, ...now.absent].includes(path)) };
}

/** Writes the record, which must be on disk before anything on the host changes. */
export async function writeRecord(layout: Layout): Promise<void> {
  const record = mergeRecords(await readRecord(layout), await observeHost());
  await publishPrivateFile(layout.record, JSON.stringify(record, null, 2));
}

export async function restoreSettings(record: HostRecord | undefined): Promise<void> {
  const now = await readSettings();
  for (const [name, value] of Object.entries(record?.settings ?? {})) {
    if (now[name] !== value) await writeFile(join("/proc/sys", name), value).catch(() => undefined);
  }
}

export async function restoreHostControllers(record: HostRecord | undefined): Promise<void> {
  if (record) await restoreControllers(await currentCgroupTrees(), record.controllers);
}

/** Lists the sockets of the cluster's own shims, which are among those of any other containerd. */
async function shimSocketFiles(layout: Layout): Promise<string[]> {
  const folder = join(layout.containerdState, "io.containerd.runtime.v2.task", "k8s.io");
  const sockets: string[] = [];
  for (const container of await readdir(folder).catch(() => [])) {
    const address = await readFile(join(folder, container, "address"), "utf8").catch(() => "");
    if (address.startsWith(`unix://${shimSockets}/`))
      sockets.push(address.slice("unix://".length).trim());
  }
  return [...new Set(sockets)];
}

/** Lists every pod that containerd knows of by the id that the network plugins' notes carry. */
async function sandboxIds(layout: Layout): Promise<string[]> {
  const folder = join(layout.containerdRoot, "io.containerd.grpc.v1.cri", "sandboxes");
  return readdir(folder).catch(() => []);
}

/** Removes what was left outside of the state folder, and the folders that were not there before. */
export async function removeOutside(layout: Layout, record: HostRecord | undefined): Promise<void> {
  const wasAbsent = (path: string) => record?.absent.includes(path) ?? false;
  for (const socket of await shimSocketFiles(layout)) await rm(socket, { force: true });
  if (wasAbsent(`${kubeletFolder}/device-plugins`)) {
    await rm(`${kubeletFolder}/device-plugins`, { recursive: true, force: true });
  }
  if (wasAbsent(tablesLock)) await rm(tablesLock, { force: true });
  await rm(runFolder, { recursive: true, force: true });
  if (wasAbsent(meshAgent)) await rm(meshAgent, { recursive: true, force: true });
  if (wasAbsent(mountTool)) await rm(`${mountTool}/utab`, { force: true });
  await removeEntries(containerLogs, async (path) => {
    return (await readlink(path).catch(() => "")).startsWith(`${layout.podLogs}/`);
  });
  const pods = await sandboxIds(layout);
  await removeEntries(networkResults, (_, name) => {
    const isOurs = name.startsWith(`${clusterName}-`) || pods.some((id) => name.includes(id));
    return Promise.resolve(isOurs);
  });
  if (wasAbsent(networkNamespaces)) await unmountEmpty(networkNamespaces);
  for (const path of outsidePaths.filter(wasAbsent)) await removeEmptyFolder(path);
}

async function removeEntries(
  folder: string,
  ours: (path: string, name: string) => Promise<boolean>,
): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (await ours(path, name)) await unlink(path);
  }
}

/** Unmounts what the first `ip netns add` after a boot mounts onto itself. */
async function unmountEmpty(folder: string): Promise<void> {
  const mounted = (await currentMounts()).some((mount) => mount.point === folder);
  const names = await readdir(folder).catch(() => []);
  if (mounted && names.length === 0) await tryRun("umount", ["--no-canonicalize", "--", folder]);
}

async function removeEmptyFolder(path: string): Promise<void> {
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    const inUseByOthers = ["ENOTEMPTY", "EEXIST", "EBUSY"].includes(error.code ?? "");
    if (!inUseByOthers && !isGone(error)) throw error;
  });
}
