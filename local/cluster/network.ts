import { existsSync } from "node:fs";
import { run, tryRun } from "../lib/run.ts";
import { LocalError } from "../lib/failure.ts";
import {
  clusterName,
  hostAddress,
  hostInterface,
  linkPrefixLength,
  namespacePath,
  nodeAddress,
} from "./layout.ts";

const ownerPrefix = "shlink-platform cluster in ";

/** Makes the note on the namespace's loopback interface that says which state folder it belongs to. */
export function ownerNote(stateDir: string): string {
  return `${ownerPrefix}${stateDir}`.slice(0, 255);
}

export type NamespaceOwner = "none" | "ours" | "unmarked" | { other: string };

export function ownerOf(note: string | undefined, stateDir: string): NamespaceOwner {
  if (note === ownerNote(stateDir)) return "ours";
  if (!note?.startsWith(ownerPrefix)) return "unmarked";
  return { other: note.slice(ownerPrefix.length) };
}

export function namespaceExists(): boolean {
  return existsSync(namespacePath);
}

export async function namespaceOwner(stateDir: string): Promise<NamespaceOwner> {
  if (!namespaceExists()) return "none";
  const shown = await tryRun("ip", ["-n", clusterName, "-json", "link", "show", "dev", "lo"]);
  if (shown.code !== 0) return "unmarked";
  const links = JSON.parse(shown.stdout) as { ifalias?: string }[];
  return ownerOf(links[0]?.ifalias, stateDir);
}

/** Lists the commands for `ip -batch`, first on the host, then inside the namespace. */
export function networkPlan(linkExists: boolean): { host: string[]; inside: string[] } {
  const create = `link add ${hostInterface} type veth peer name eth0 netns ${clusterName}`;
  return {
    host: [
      ...(linkExists ? [] : [create]),
      `address replace ${hostAddress}/${linkPrefixLength} dev ${hostInterface}`,
      `link set ${hostInterface} up`,
    ],
    inside: [
      "link set lo up",
      `address replace ${nodeAddress}/${linkPrefixLength} dev eth0`,
      "link set eth0 up",
      `route replace default via ${hostAddress}`,
    ],
  };
}

/** Makes the namespace, the link to the host and the routes; whatever is there already stays. */
export async function createNetwork(stateDir: string): Promise<void> {
  if (!namespaceExists()) await run("ip", ["netns", "add", clusterName]);
  const note = ["link", "set", "dev", "lo", "alias", ownerNote(stateDir)];
  await run("ip", ["-n", clusterName, ...note]);
  const link = await tryRun("ip", ["link", "show", "dev", hostInterface]);
  const plan = networkPlan(link.code === 0);
  await run("ip", ["-batch", "-"], { input: plan.host.join("\n") });
  await run("ip", ["-n", clusterName, "-batch", "-"], { input: plan.inside.join("\n") });
  // Pods are routed by the node. The setting belongs to the namespace: the host's stays as it is.
  const forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
  await run("nsenter", [`--net=${namespacePath}`, "--", "sh", "-c", forward]);
}

/** Removes the host's end first: with the namespace alone it would vanish only some time later. */
export async function removeNetwork(): Promise<void> {
  await tryRun("ip", ["link", "delete", "dev", hostInterface]);
  if (namespaceExists()) await run("ip", ["netns", "delete", clusterName]);
  const link = await tryRun("ip", ["link", "show", "dev", hostInterface]);
  if (link.code === 0) throw new LocalError(`The interface ${hostInterface} cannot be removed.`);
}
