import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { addonObjects } from "./addons.ts";
import { Api, type KubeObject } from "../lib/kube.ts";
import { createCertificates } from "./certificates.ts";
import { createCgroups, currentCgroupTrees, systemCgroup } from "./cgroups.ts";
import { findCommand } from "../lib/run.ts";
import { controlPlane, writeControlPlaneConfig } from "./control-plane.ts";
import { LocalError } from "../lib/failure.ts";
import type { Tools } from "../toolchain/index.ts";
import { findPlugins } from "./host-facts.ts";
import { bringInto, type ImageOrigin } from "./images.ts";
import { writeKubeconfigs } from "./kubeconfig.ts";
import { clusterName, foldersOf, networkFolders, type Layout } from "./layout.ts";
import { createNetwork } from "./network.ts";
import { nodeProcesses, writeNodeConfig } from "./node.ts";
import {
  isRunning,
  processNames,
  startProcess,
  type ProcessName,
  type ProcessSpec,
  type StartedProcess,
} from "./processes.ts";
import { writeRecord } from "./record.ts";
import { waitUntil } from "./wait.ts";

export interface ClusterTools {
  /** The binary that is etcd, kube-apiserver, kubelet and so on, by the name it is called by. */
  kubernetes: string;
  /** What makes rules of network policies. */
  kubeRouter: string;
}

/** Waits for the binaries that the cluster itself is made of. */
export async function clusterTools(tools: Tools): Promise<ClusterTools> {
  return {
    kubernetes: await tools.path("kubernetes"),
    kubeRouter: await tools.path("kube-router"),
  };
}

export interface StartPlan {
  layout: Layout;
  tools: ClusterTools;
  /** pause, CoreDNS, local-path-provisioner and busybox. */
  systemImages: readonly ImageOrigin[];
  onProgress: (message: string) => void;
}

export const thisNode: KubeObject = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: clusterName },
};

/**
 * Brings everything up that is not up yet. Each part looks first at what is there, so that the same
 * steps serve a first start and a start after some of the processes, or the machine, went away.
 */
export async function bringUp(plan: StartPlan): Promise<void> {
  const { layout, onProgress } = plan;
  await prepare(plan);
  const start = await starter(plan);
  const depends = { layout, processes: start.started };
  const wait = (what: string, seconds: number, check: () => Promise<boolean>) =>
    waitUntil(what, seconds, check, depends);
  onProgress("Starting etcd, the API server and containerd");
  await start("etcd", "kube-apiserver", "containerd");
  const api = new Api(layout.kubeconfig);
  const containerd = wait("An answer of containerd", 60, () => containerdAnswers(layout));
  await Promise.all([
    // Images first: a pod that is started before its image is there waits for a pull that fails.
    containerd.then(() => bringInto(layout, plan.systemImages, onProgress)),
    startKubelet(start, api, containerd, wait),
  ]);
  onProgress("Starting controllers, scheduler and kube-proxy");
  await start("kube-controller-manager", "kube-scheduler", "kube-proxy");
  const addons = addonObjects(layout);
  await Promise.all([
    // What enforces network policies may read them only by then.
    applyInOrder(addons, api).then(() => start("kube-router")),
    wait("Node Ready", 120, () => api.hasCondition(thisNode, "Ready")),
  ]);
  onProgress("The node is Ready; waiting for name resolution and volumes");
  const deployments = addons.filter(({ kind }) => kind === "Deployment");
  await Promise.all(
    deployments.map((deployment) =>
      wait(`Availability of ${deployment.metadata.name}`, 120, () =>
        api.hasCondition(deployment, "Available"),
      ),
    ),
  );
  await writeFile(layout.ready, "", { mode: 0o600 });
}

type Wait = (what: string, seconds: number, check: () => Promise<boolean>) => Promise<void>;

/** Starts the kubelet while the API server still creates the default roles, as it needs none. */
async function startKubelet(
  start: Starter,
  api: Api,
  containerd: Promise<void>,
  wait: Wait,
): Promise<void> {
  await Promise.all([
    containerd,
    wait("An answer of the API server", 120, () => api.isAnswering()),
  ]);
  await start("kubelet");
  await wait("Readiness of the API server", 120, () => api.isServing());
}

async function prepare({ layout, tools }: StartPlan): Promise<void> {
  for (const { path, mode } of foldersOf(layout)) {
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
  }
  await writeRecord(layout);
  await Promise.all([
    createNetwork(layout.state),
    createCgroups(await currentCgroupTrees()),
    createCertificates(layout.pki),
    linkTools(layout, tools),
    mkdir(networkFolders.config, { recursive: true }),
    linkPlugins(),
  ]);
  await Promise.all([
    writeKubeconfigs(layout),
    writeControlPlaneConfig(layout),
    writeNodeConfig(layout),
  ]);
}

async function linkTools(layout: Layout, tools: ClusterTools): Promise<void> {
  const missing = Object.values({ ...tools }).find((tool) => !existsSync(tool));
  if (missing !== undefined)
    throw new LocalError(`The binary ${missing} does not exist: build the tools first.`);
  for (const name of processNames.filter((name) => name !== "containerd")) {
    const draft = join(layout.bin, `.${name}`);
    await rm(draft, { force: true });
    await symlink(name === "kube-router" ? tools.kubeRouter : tools.kubernetes, draft);
    await rename(draft, join(layout.bin, name));
  }
}

/** Links the plugins into a folder of our own: what the mesh adds must not stay among the host's. */
async function linkPlugins(): Promise<void> {
  const { folder } = findPlugins();
  await mkdir(networkFolders.plugins, { recursive: true });
  for (const name of await readdir(folder)) {
    const link = join(networkFolders.plugins, name);
    await rm(link, { force: true });
    await symlink(join(folder, name), link);
  }
}

interface Starter {
  (...names: ProcessName[]): Promise<void>;
  started: StartedProcess[];
}

/** Makes a function that starts those of the named processes that do not run yet. */
async function starter({ layout }: StartPlan): Promise<Starter> {
  const containerd = findCommand("containerd") ?? "containerd";
  const specs = [...controlPlane(layout), ...nodeProcesses(layout, containerd)];
  const cgroup = systemCgroup(await currentCgroupTrees());
  const started: StartedProcess[] = [];
  const start = async (...names: ProcessName[]) => {
    for (const spec of specs.filter((spec: ProcessSpec) => names.includes(spec.name))) {
      if (await isRunning(layout, spec.name)) continue;
      started.push(await startProcess(layout, cgroup, spec));
    }
  };
  return Object.assign(start, { started });
}

/** Says whether containerd listens, which it does only after all of its parts are loaded. */
function containerdAnswers(layout: Layout): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(layout.containerdSocket);
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.end());
  });
}

async function applyInOrder(objects: KubeObject[], api: Api): Promise<void> {
  for (const object of objects) await api.apply(object);
}
