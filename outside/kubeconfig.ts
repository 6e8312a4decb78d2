import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { proxyFor } from "./proxy.ts";

/**
 * Reads the kubeconfig as kubectl does. `KUBECONFIG` may list several files: the first that sets a value wins, names that
 * occur twice are no error, and a file that is not there is passed over. The client's own reader throws then
 * (findings/client-node-kubeconfig-list.sh), and of proxies it knows the kubeconfig's `proxy-url` only, not `HTTPS_PROXY`.
 * The client is loaded on first use, because that takes longer than a preview.
 */
export async function readKubeconfig(): Promise<KubeConfig> {
  const config = await readFiles();
  for (const cluster of config.clusters as Proxied[])
    cluster.proxyUrl ??= proxyFor(cluster.server, process.env);
  return config;
}

interface Proxied {
  server: string;
  proxyUrl?: string | undefined;
}

async function readFiles(): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const read = (load: (config: KubeConfig) => void) => {
    const config = new KubeConfig();
    load(config);
    return config;
  };
  const listed = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  if (listed.length < 2) return read((config) => config.loadFromDefault());
  const files = listed.filter((file) => existsSync(file));
  const configs = files.map((file) => read((config) => config.loadFromFile(file)));
  return read((merged) =>
    merged.loadFromOptions({
      clusters: firstByName(configs.flatMap(({ clusters }) => clusters)),
      users: firstByName(configs.flatMap(({ users }) => users)),
      contexts: firstByName(configs.flatMap(({ contexts }) => contexts)),
      currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean) ?? "",
    }),
  );
}

const firstByName = <T extends { name: string }>(list: T[]): T[] =>
  list.filter(({ name }, index) => list.findIndex((other) => other.name === name) === index);
