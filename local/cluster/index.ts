import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Api, type KubeObject } from "../lib/kube.ts";
import { clean, halt } from "./clean.ts";
import { LocalError } from "../lib/failure.ts";
import { observeFacts } from "./host-facts.ts";
import { bringInto, type ImageOrigin } from "./images.ts";
import { layoutOf, nodeAddress, type Layout } from "./layout.ts";
import { withLock } from "../lib/lock.ts";
import { clusterFolder } from "../lib/paths.ts";
import { namespaceExists, namespaceOwner } from "./network.ts";
import { obstacles } from "./preflight.ts";
import { processNames, runningProcesses, type ProcessName } from "./processes.ts";
import { bringUp, thisNode, type ClusterTools } from "./start.ts";

export { clusterTools } from "./start.ts";
export { nodeAddress } from "./layout.ts";
export { compareSnapshots, hostSnapshot, type HostSnapshot } from "./snapshot.ts";
export type { ImageOrigin } from "./images.ts";

type Progress = (message: string) => void;

export interface StartOptions {
  tools: ClusterTools;
  /** pause, CoreDNS, local-path-provisioner and busybox; only read when needed. */
  systemImages: readonly ImageOrigin[];
  stateDir?: string;
  onProgress?: Progress;
}

export interface Cluster {
  kubeconfig: string;
  nodeAddress: string;
  alreadyRunning: boolean;
}

export interface ClusterStatus {
  /** The cluster is "incomplete" when parts do not run or answer now, after a start that was complete or interrupted. */
  state: "absent" | "incomplete" | "running";
  running: ProcessName[];
  missing: ProcessName[];
  kubeconfig: string | undefined;
  nodeAddress: string;
}

const silent: Progress = () => undefined;

/**
 * Fails with a sentence when no cluster can be started here. Before the tools are there the needed
 * commands may still be missing: whoever brings the tools installs them too.
 */
export async function checkHost(
  options: { stateDir?: string; withCommands?: boolean } = {},
): Promise<void> {
  const layout = layoutOf(options.stateDir ?? clusterFolder());
  const facts = await observeFacts(layout);
  const later = options.withCommands === false ? { missingCommands: [], missingPlugins: [] } : {};
  const found = obstacles({ ...facts, ...later });
  if (found.length > 0) throw new LocalError(found.join("\n"));
}

/** Starts the cluster, or completes or recognises the one that is there. */
export async function startCluster(options: StartOptions): Promise<Cluster> {
  const layout = layoutOf(options.stateDir ?? clusterFolder());
  const onProgress = options.onProgress ?? silent;
  const found = await observeFacts(layout);
  const fatal = obstacles({ ...found, availableMemory: Infinity, freeDisk: Infinity });
  if (fatal[0]) throw new LocalError(fatal[0]);
  return withLock(layout.lock, async () => {
    const status = await statusOf(layout);
    if (status.state === "running") {
      onProgress("The local cluster is already running");
      return cluster(layout, true);
    }
    await startOrResume(layout, options, onProgress);
    return cluster(layout, false);
  });
}

async function startOrResume(
  layout: Layout,
  options: StartOptions,
  onProgress: Progress,
): Promise<void> {
  const { tools, systemImages } = options;
  const plan = { layout, tools, systemImages, onProgress };
  if (existsSync(layout.ready)) {
    onProgress("Parts of the local cluster do not run: starting them again");
    if (!namespaceExists()) await afterReboot(layout);
    await bringUp(plan);
    return;
  }
  if (existsSync(layout.state) || (await namespaceOwner(layout.state)) === "ours") {
    onProgress("Cleaning up after an interrupted start");
    await clean(layout);
  }
  await checkHost({ stateDir: layout.state });
  await bringUp(plan).catch(async (error: unknown) => {
    // The logs stay for whoever looks into it; the next start removes them.
    await halt(layout).catch(() => undefined);
    throw error;
  });
}

/** Removes files that describe what was in memory only, which would mislead containerd. */
async function afterReboot(layout: Layout): Promise<void> {
  await halt(layout);
  await rm(layout.containerdState, { recursive: true, force: true });
}

function cluster(layout: Layout, alreadyRunning: boolean): Cluster {
  return { kubeconfig: layout.kubeconfig, nodeAddress, alreadyRunning };
}

/** Ends the cluster and removes every trace of it; false when there was nothing. */
export async function stopCluster(options: { stateDir?: string } = {}): Promise<boolean> {
  const layout = layoutOf(options.stateDir ?? clusterFolder());
  const there = existsSync(layout.state) || (await namespaceOwner(layout.state)) === "ours";
  if (!there) return false;
  await withLock(layout.lock, () => clean(layout));
  return true;
}

export async function clusterStatus(options: { stateDir?: string } = {}): Promise<ClusterStatus> {
  return statusOf(layoutOf(options.stateDir ?? clusterFolder()));
}

async function statusOf(layout: Layout): Promise<ClusterStatus> {
  const running = await runningProcesses(layout);
  const missing = processNames.filter((name) => !running.includes(name));
  const whole = missing.length === 0 && existsSync(layout.ready) && (await isHealthy(layout));
  const anything = existsSync(layout.state) || running.length > 0;
  return {
    state: whole ? "running" : anything ? "incomplete" : "absent",
    running,
    missing,
    kubeconfig: existsSync(layout.kubeconfig) ? layout.kubeconfig : undefined,
    nodeAddress,
  };
}

async function isHealthy(layout: Layout): Promise<boolean> {
  const api = new Api(layout.kubeconfig);
  return (await api.isServing()) && (await api.hasCondition(thisNode, "Ready"));
}

/** Brings images into the running cluster, except those that it has already. */
export async function bringImages(
  origins: readonly ImageOrigin[],
  options: { stateDir?: string; onProgress?: Progress } = {},
): Promise<void> {
  const layout = layoutOf(options.stateDir ?? clusterFolder());
  await bringInto(layout, origins, options.onProgress ?? silent);
}

/** Applies objects to the running cluster, as they are, in this order. */
export async function applyAsAdministrator(objects: readonly KubeObject[]): Promise<void> {
  const api = new Api(layoutOf(clusterFolder()).kubeconfig);
  for (const object of objects) await api.apply(object);
}
