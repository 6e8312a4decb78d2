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

/**
 * Reads the kubeconfig for a command, with the named context in place of its current one.
 * @throws Error with one sentence where it cannot be read, has no such context, or none with a cluster.
 */
export async function chooseContext(name?: string): Promise<KubeConfig> {
  const config = await readKubeconfig().catch((error: Error) => {
    throw new Error(`The kubeconfig cannot be read (${error.message}): set KUBECONFIG.`);
  });
  const known = config.getContexts().map((context) => context.name);
  if (name !== undefined && !known.includes(name))
    throw new Error(
      `There is no context ${name} (--context ${name}: the kubeconfig has ${known.join(", ") || "none"}; choose one of them or set KUBECONFIG).`,
    );
  if (name !== undefined) config.setCurrentContext(name);
  if (config.getCurrentCluster() === null)
    throw new Error(
      "The kubeconfig has no current context with a cluster: run kubectl config use-context, or set KUBECONFIG.",
    );
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
