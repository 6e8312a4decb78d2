import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { enforcerArguments } from "./enforcer.ts";
import { componentKubeconfig } from "./kubeconfig.ts";
import {
  clusterDomain,
  clusterName,
  dnsAddress,
  images,
  networkFolders,
  nodeAddress,
  nodePodNetwork,
  podNetwork,
  serviceNetwork,
  type Layout,
} from "./layout.ts";
import type { ProcessSpec } from "./processes.ts";

const files = (layout: Layout) => ({
  containerd: join(layout.config, "containerd.toml"),
  kubelet: join(layout.config, "kubelet.json"),
  proxy: join(layout.config, "kube-proxy.json"),
  resolver: join(layout.config, "resolv.conf"),
});

/** Gives containerd root, state and socket of its own: one that the host has is not touched. */
export function containerdConfig(layout: Layout): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(layout.containerdRoot)}
state = ${text(layout.containerdState)}
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = ${text(layout.containerdSocket)}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(images.pause)}
  restrict_oom_score_adj = true
  disable_apparmor = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = ${text(networkFolders.plugins)}
  conf_dir = ${text(networkFolders.config)}
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
  Root = ${text(join(layout.containerdState, "runc"))}
`;
}

/** Routes each pod by itself, which unlike a bridge needs no br_netfilter in the kernel. */
export function podNetworkConfig(layout: Layout): object {
  return {
    cniVersion: "0.4.0",
    name: clusterName,
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          ranges: [[{ subnet: nodePodNetwork }]],
          routes: [{ dst: "0.0.0.0/0" }],
          dataDir: join(layout.cni, "addresses"),
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

// Images cannot be pulled again, so a fuller disk must neither remove them nor evict pods.
const keepEverything = {
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  evictionHard: {
    "memory.available": "100Mi",
    "nodefs.available": "1%",
    "nodefs.inodesFree": "1%",
    "imagefs.available": "1%",
    "imagefs.inodesFree": "1%",
  },
};

// The kubelet shares the host with others, and takes what that has.
const ofThisHost = {
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${clusterName}`,
  failCgroupV1: false,
  failSwapOn: false,
  enforceNodeAllocatable: [],
  oomScoreAdj: 0,
  // Without CAP_SYS_RESOURCE, as in many virtual machines, the kubelet would refuse to start.
  featureGates: { KubeletInUserNamespace: true },
  makeIPTablesUtilChains: false,
};

const inHaste = {
  serializeImagePulls: false,
  nodeStatusUpdateFrequency: "10s",
  syncFrequency: "20s",
  kubeAPIQPS: 100,
  kubeAPIBurst: 200,
};

export function kubeletConfig(layout: Layout): Record<string, unknown> {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: nodeAddress,
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    podLogsDir: layout.podLogs,
    volumePluginDir: join(layout.kubelet, "volume-plugins"),
    resolvConf: files(layout).resolver,
    clusterDNS: [dnsAddress],
    clusterDomain,
    maxPods: 110,
    ...kubeletIdentity(layout),
    ...ofThisHost,
    ...inHaste,
    ...keepEverything,
  };
}

function kubeletIdentity(layout: Layout) {
  const pki = (file: string) => join(layout.pki, file);
  return {
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki("kubelet.crt"),
    tlsPrivateKeyFile: pki("kubelet.key"),
    readOnlyPort: 0,
  };
}

function proxyConfig(layout: Layout): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    hostnameOverride: clusterName,
    clusterCIDR: podNetwork,
    clientConnection: { kubeconfig: componentKubeconfig(layout, "kube-proxy") },
    // The limits are the host's: 0 leaves them alone.
    conntrack: { maxPerCore: 0, min: 0, tcpCloseWaitTimeout: "0s", tcpEstablishedTimeout: "0s" },
    nftables: { minSyncPeriod: "200ms" },
  };
}

// Registries are out of reach from the namespace. With a proxy that nobody listens on, a pull of an
// image that was not imported fails at once instead of after a name lookup's timeout.
// Network plugins inherit it, and the mesh's asks the API server at its Service.
const noRegistries = {
  HTTP_PROXY: "http://127.0.0.1:1",
  HTTPS_PROXY: "http://127.0.0.1:1",
  NO_PROXY: serviceNetwork,
};

export async function writeNodeConfig(layout: Layout): Promise<void> {
  const at = files(layout);
  const write = (file: string, content: string) => writeFile(file, content, { mode: 0o600 });
  const json = (value: object) => JSON.stringify(value, null, 2);
  await Promise.all([
    write(at.containerd, containerdConfig(layout)),
    write(at.kubelet, json(kubeletConfig(layout))),
    write(at.proxy, json(proxyConfig(layout))),
    // The host's resolver is out of reach from the namespace, and its search domains do not belong
    // into pods.
    write(at.resolver, "# the local cluster resolves its own names only\n"),
    write(join(networkFolders.config, "10-pods.conflist"), json(podNetworkConfig(layout))),
  ]);
}

export function nodeProcesses(layout: Layout, containerd: string): ProcessSpec[] {
  const at = files(layout);
  const kubelet = [
    `--config=${at.kubelet}`,
    `--kubeconfig=${componentKubeconfig(layout, "node")}`,
    `--root-dir=${layout.kubelet}`,
    `--cert-dir=${layout.pki}`,
    `--hostname-override=${clusterName}`,
    `--node-ip=${nodeAddress}`,
  ];
  return [
    {
      name: "containerd",
      command: containerd,
      args: ["--config", at.containerd],
      env: noRegistries,
    },
    { name: "kubelet", command: join(layout.bin, "kubelet"), args: kubelet },
    { name: "kube-proxy", command: join(layout.bin, "kube-proxy"), args: [`--config=${at.proxy}`] },
    {
      name: "kube-router",
      command: join(layout.bin, "kube-router"),
      args: enforcerArguments(layout),
    },
  ];
}
