import { hostInterface, linkNetwork, clusterName } from "./layout.ts";
import type { NamespaceOwner } from "./network.ts";

const gib = 1024 ** 3;
const neededMemory = 6 * gib;
const neededDisk = 8 * gib;

/** The commands that the cluster calls, with the Debian package that brings each. */
export const neededCommands: Record<string, string> = {
  ip: "iproute2",
  nsenter: "util-linux",
  mount: "mount",
  umount: "mount",
  nft: "nftables",
  iptables: "iptables",
  ipset: "ipset",
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
};

export const neededPlugins = ["ptp", "host-local", "portmap", "loopback"];
const pluginsPackage = "containernetworking-plugins";

export interface HostFacts {
  platform: string;
  userId: number;
  availableMemory: number;
  stateDir: string;
  freeDisk: number;
  missingCommands: string[];
  missingPlugins: string[];
  hasCgroups: boolean;
  namespace: NamespaceOwner;
  /** The namespace or interface is there, and the record says that this cluster made it. */
  made: boolean;
  addresses: { device: string; network: string }[];
  routes: { device: string; network: string }[];
  /** The id of a kubelet that does not belong to this cluster. */
  otherKubelet: number | undefined;
}

/** Says one sentence per obstacle; none means that a cluster can be started. */
export function obstacles(facts: HostFacts): string[] {
  if (facts.platform !== "linux") {
    return [
      `The local cluster needs Linux, and this is ${facts.platform}: use a Linux machine, or a cluster of your own.`,
    ];
  }
  if (facts.userId !== 0) {
    return [
      "The local cluster needs root (containers, a network namespace): run the command as root, for example with sudo.",
    ];
  }
  return [
    ...commandObstacles(facts),
    ...resourceObstacles(facts),
    ...namespaceObstacles(facts),
    ...networkObstacles(facts),
  ];
}

function commandObstacles(facts: HostFacts): string[] {
  const missing = [
    ...facts.missingCommands,
    ...facts.missingPlugins.map((name) => `CNI plugin ${name}`),
  ];
  if (missing.length === 0) return [];
  const packages = facts.missingCommands.map((command) => neededCommands[command] ?? command);
  if (facts.missingPlugins.length > 0) packages.push(pluginsPackage);
  const list = [...new Set(packages)].join(" ");
  return [
    `Missing on this machine: ${missing.join(", ")}; on Debian install them with: apt-get install --yes ${list}`,
  ];
}

function resourceObstacles(facts: HostFacts): string[] {
  const found: string[] = [];
  if (!facts.hasCgroups) {
    found.push(
      "No control groups are mounted below /sys/fs/cgroup, so containers cannot run here.",
    );
  }
  if (facts.availableMemory < neededMemory) {
    found.push(
      `The local cluster needs ${size(neededMemory)} of free memory, and ${size(facts.availableMemory)} is available: end other programs or use a larger machine.`,
    );
  }
  if (facts.freeDisk < neededDisk) {
    found.push(
      `The local cluster needs ${size(neededDisk)} of free disk below ${facts.stateDir}, and ${size(facts.freeDisk)} is free: make room, or point XDG_STATE_HOME to another disk.`,
    );
  }
  return found;
}

function size(bytes: number): string {
  return `${(Math.floor((bytes / gib) * 10) / 10).toFixed(1)} GiB`;
}

function namespaceObstacles(facts: HostFacts): string[] {
  const { namespace } = facts;
  if (facts.otherKubelet !== undefined) {
    return [
      `Another Kubernetes node runs on this machine (kubelet, process ${facts.otherKubelet}): both would write to /var/lib/kubelet, so stop that one first.`,
    ];
  }
  if (typeof namespace === "object") {
    return [
      `Another local cluster runs with its state in ${namespace.other}: stop that one first.`,
    ];
  }
  if (namespace !== "unmarked" || facts.made) return [];
  return [
    `The network namespace ${clusterName} exists but was not made by this cluster: if nobody needs it, remove it with: ip netns delete ${clusterName}`,
  ];
}

function networkObstacles(facts: HostFacts): string[] {
  // Another cluster's link is reported as that cluster.
  const ours = facts.made || facts.namespace === "ours" || typeof facts.namespace === "object";
  const taken = (entry: { device: string; network: string }) =>
    overlaps(entry.network, linkNetwork) && !(ours && entry.device === hostInterface);
  const address = facts.addresses.find(taken);
  // A wide route, such as that of a VPN, only loses four addresses; a narrow one is somebody's network.
  const route = facts.routes.find((entry) => prefixLength(entry.network) >= 16 && taken(entry));
  const user = address ?? route;
  if (!user) return [];
  const what = address ? "address" : "route";
  return [
    `The local cluster needs the network ${linkNetwork}, but the ${what} ${user.network} on ${user.device} already uses it: remove that ${what} first.`,
  ];
}

function prefixLength(network: string): number {
  const length = network.split("/")[1];
  return length === undefined ? 32 : Number(length);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Says whether two IPv4 networks share an address. */
export function overlaps(first: string, second: string): boolean {
  const size = 2 ** (32 - Math.min(prefixLength(first), prefixLength(second)));
  const base = (network: string) => Math.floor(toNumber(network.split("/")[0] ?? "") / size);
  return base(first) === base(second);
}
