import { join } from "node:path";
import { recipes } from "../toolchain/catalogue.ts";

export const clusterName = "shlink-local";
export const namespacePath = `/run/netns/${clusterName}`;
/** This folder is outside of the state folder: stack files name it, so it must not depend on whose home it is. */
export const runFolder = `/run/${clusterName}`;
export const networkFolders = {
  plugins: `${runFolder}/cni/bin`,
  config: `${runFolder}/cni/net.d`,
} as const;
export const hostInterface = "shlink0";
export const hostAddress = "10.201.0.1";
export const nodeAddress = "10.201.0.2";
export const linkNetwork = "10.201.0.0/30";
export const linkPrefixLength = 30;
export const podNetwork = "10.244.0.0/16";
export const nodePodNetwork = "10.244.0.0/24";
export const serviceNetwork = "10.96.0.0/16";
export const kubernetesServiceAddress = "10.96.0.1";
export const dnsAddress = "10.96.0.10";
export const apiServer = `https://${nodeAddress}:6443`;
/** Who asks the API server for network policies. */
export const kubeRouterUser = "kube-router";
export const clusterDomain = "cluster.local";

export const images = {
  pause: "registry.k8s.io/pause:3.10",
  coredns: "registry.k8s.io/coredns/coredns:v1.12.1",
  provisioner: `docker.io/rancher/local-path-provisioner:v${recipes["local-path-provisioner"].version}`,
  busybox: "docker.io/library/busybox:1.37",
} as const;

/** The places of everything of one cluster; all of it is below `state` except the lock beside it. */
export interface Layout {
  state: string;
  lock: string;
  record: string;
  ready: string;
  kubeconfig: string;
  pki: string;
  config: string;
  bin: string;
  pids: string;
  logs: string;
  etcd: string;
  kubelet: string;
  podLogs: string;
  containerdRoot: string;
  containerdState: string;
  containerdSocket: string;
  cni: string;
  imported: string;
  volumes: string;
}

export function layoutOf(state: string): Layout {
  const at = (...parts: string[]) => join(state, ...parts);
  return {
    state,
    lock: `${state}.lock`,
    record: at("host-before.json"),
    ready: at("ready"),
    kubeconfig: at("kubeconfig"),
    pki: at("pki"),
    config: at("config"),
    bin: at("bin"),
    pids: at("pids"),
    logs: at("logs"),
    etcd: at("etcd"),
    kubelet: at("kubelet"),
    podLogs: at("pod-logs"),
    containerdRoot: at("containerd"),
    containerdState: at("run"),
    containerdSocket: at("run", "containerd.sock"),
    cni: at("cni"),
    imported: at("imported"),
    volumes: at("volumes"),
  };
}

/** Lists the folders that a start makes first. Volumes are open to any uid: pods run as many. */
export function foldersOf(layout: Layout): { path: string; mode: number }[] {
  const closed = [
    layout.state,
    layout.pki,
    layout.config,
    layout.bin,
    layout.pids,
    layout.logs,
    layout.etcd,
    layout.kubelet,
    layout.podLogs,
    layout.containerdRoot,
    layout.containerdState,
    layout.cni,
    layout.imported,
  ];
  return [...closed.map((path) => ({ path, mode: 0o700 })), { path: layout.volumes, mode: 0o755 }];
}
