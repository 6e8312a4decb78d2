import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import { applyAsAdministrator } from "../local/cluster/index.ts";
import { clusterName } from "../local/cluster/layout.ts";
import { loadKubeconfig } from "../local/lib/kube.ts";
import { moduleFiles, toolFolder } from "../local/toolchain/index.ts";

const mark = "kwok.x-k8s.io/node";
/** What becomes of nodes and pods, and when: files of KWOK's own. */
const stages = [
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
];

/** Room for the pods of a hundred applications. */
const room = { cpu: "1000", memory: "1Ti", pods: "10000" };

const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: "bench",
    annotations: { [mark]: "fake" },
    labels: { "kubernetes.io/os": "linux", "kubernetes.io/hostname": "bench" },
  },
  status: { capacity: room, allocatable: room, phase: "Running" },
};

/**
 * Gives the cluster a node that does not exist, for as long as the work takes, and all new pods to it: KWOK says that they are
 * ready, or have succeeded, as soon as they are placed.
 */
export async function withFakeNode<T>(kubeconfig: string, work: () => Promise<T>): Promise<T> {
  const binary = join(await toolFolder("kwok", console.log), "kwok");
  const core = loadKubeconfig(kubeconfig).makeApiClient(CoreV1Api);
  const cordon = [{ op: "add", path: "/spec/unschedulable", value: true }];
  await core.patchNode({ name: clusterName, body: cordon });
  await applyAsAdministrator([node]);
  const folder = join(await moduleFiles("kwok"), "kustomize/stage");
  const config = stages.flatMap((file) => ["--config", join(folder, file)]);
  const args = ["--kubeconfig", kubeconfig, "--manage-nodes-with-annotation-selector"];
  const kwok = spawn(binary, [...args, `${mark}=fake`, ...config], { stdio: "ignore" });
  const ended = once(kwok, "exit");
  try {
    return await work();
  } finally {
    kwok.kill();
    await ended;
  }
}
