import { access, mkdir, readdir, rename, rm, symlink, writeFile, chmod } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { addonDeployments, addonObjects } from "./addons.ts";
import { connect, hasCondition, isAnswering, isServing, type Api } from "./api.ts";
import { createCertificates } from "./certificates.ts";
import { createCgroups, currentCgroupTrees, systemCgroup } from "./cgroups.ts";
import { findCommand } from "./command.ts";
import { controlPlane, writeControlPlaneConfig } from "./control-plane.ts";
import { ClusterError } from "./failure.ts";
import { findPlugins } from "./host-facts.ts";
import { bringInto, type ImageOrigin } from "./images.ts";
import { readCredentials, writeKubeconfigs } from "./kubeconfig.ts";
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
import { waitUntil, type Depends } from "./wait.ts";

export interface ClusterTools {
  /** The binary that is etcd, kube-apiserver, kubelet and so on, by the name it is called by. */
  kubernetes: string;
}

export interface StartPlan {
  layout: Layout;
  tools: ClusterTools;
  /** pause, CoreDNS, local-path-provisioner and busybox. */
  systemImages: readonly ImageOrigin[];
  onProgress: (message: string) => void;
}

export const nodePath = `/api/v1/nodes/${clusterName}`;

/**
 * Brings everything up that is not up yet. Each part looks first at what is there, so that the same
 * steps serve a first start and a start after some of the processes, or the machine, went away.
 */
export async function bringUp(plan: StartPlan): Promise<void> {
  const { layout, onProgress } = plan;
  await prepare(plan);
  const start = await starter(plan);
  onProgress("Starting etcd, the API server and containerd");
  await start("etcd", "kube-apiserver", "containerd");
  const api = connect(await readCredentials(layout, "admin"));
  const depends = { layout, processes: start.started };
  try {
    // Images first: a pod that is started before its image is there waits for a pull that fails.
    const containerd = waitUntil(
      "An answer of containerd",
      60,
      () => containerdAnswers(layout),
      depends,
    );
    await Promise.all([
      containerd.then(() => bringInto(layout, plan.systemImages, onProgress)),
      serving(start, api, containerd, depends),
    ]);
    onProgress("Starting controllers, scheduler and kube-proxy");
    await start("kube-controller-manager", "kube-scheduler", "kube-proxy");
    await Promise.all([
      applyAddons(layout, api),
      waitUntil("Node Ready", 120, () => hasCondition(api, nodePath, "Ready"), depends),
    ]);
    onProgress("The node is Ready; waiting for name resolution and volumes");
    await Promise.all(
      addonDeployments.map((path) =>
        waitUntil(
          `Availability of ${path}`,
          120,
          () => hasCondition(api, path, "Available"),
          depends,
        ),
      ),
    );
  } finally {
    api.close();
  }
  await writeFile(layout.ready, "", { mode: 0o600 });
}

/** The kubelet needs no role: it starts while the API server still creates the default ones. */
async function serving(
  start: Starter,
  api: Api,
  containerd: Promise<void>,
  depends: Depends,
): Promise<void> {
  await Promise.all([
    containerd,
    waitUntil("An answer of the API server", 120, () => isAnswering(api), depends),
  ]);
  await start("kubelet");
  await waitUntil("Readiness of the API server", 120, () => isServing(api), depends);
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
  await access(tools.kubernetes).catch(() => {
    throw new ClusterError(
      `The Kubernetes binary ${tools.kubernetes} does not exist: build the tools first.`,
    );
  });
  for (const name of processNames.filter((name) => name !== "containerd")) {
    const draft = join(layout.bin, `.${name}`);
    await rm(draft, { force: true });
    await symlink(tools.kubernetes, draft);
    await rename(draft, join(layout.bin, name));
  }
}

/** A folder of our own: what the mesh adds to it must not stay among the host's plugins. */
async function linkPlugins(): Promise<void> {
  const { folder } = await findPlugins();
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

/** A function that starts those of the named processes that do not run yet. */
async function starter({ layout }: StartPlan): Promise<Starter> {
  const containerd = (await findCommand("containerd")) ?? "containerd";
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

/** containerd listens only after all of its parts are loaded. */
function containerdAnswers(layout: Layout): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(layout.containerdSocket);
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.end());
  });
}

async function applyAddons(layout: Layout, api: Api): Promise<void> {
  for (const object of addonObjects(layout)) await api.apply(object);
}
