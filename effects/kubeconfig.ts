import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { Refusal } from "../platform/refusal.ts";
import { completeUsers, sendPassedOver } from "./kubeconfig-users.ts";
import { proxyFor } from "./proxy.ts";
import { reasonOf } from "./reason.ts";

/**
 * Reads the kubeconfig as kubectl does. `KUBECONFIG` may list several files: the first that sets a value wins, names that
 * occur twice are no error, and a file that is not there is passed over. The client's own reader throws then
 * (findings/client-node-kubeconfig-list.sh), of proxies it knows the kubeconfig's `proxy-url` only, not `HTTPS_PROXY`, and of
 * users it passes over a part (kubeconfig-users.ts).
 * @throws Refusal with one sentence where there is none, or it cannot be read.
 */
export async function readKubeconfig(): Promise<KubeConfig> {
  const config = await readFiles();
  if (config === undefined) throw new Refusal(missing(listedFiles()));
  for (const cluster of config.clusters as Proxied[])
    cluster.proxyUrl ??= proxyFor(cluster.server, process.env);
  sendPassedOver(config);
  return config;
}

/**
 * Reads the kubeconfig for a command, with the named context in place of its current one.
 * @param from the option or setting that names it
 * @throws Refusal with one sentence where there is none, or it cannot be read, has no such context, or none with a cluster.
 */
export async function chooseContext(name?: string, from = "--context"): Promise<KubeConfig> {
  const config = await readKubeconfig();
  const known = config.getContexts().map((context) => context.name);
  if (name !== undefined && !known.includes(name))
    throw new Refusal(
      `There is no context ${name} (${from} ${name}: the kubeconfig has ${known.join(", ") || "none"}; choose one of them or set KUBECONFIG).`,
    );
  if (name !== undefined) config.setCurrentContext(name);
  if (config.getCurrentCluster() === null)
    throw new Refusal(
      "The kubeconfig has no current context with a cluster: run kubectl config use-context, or set KUBECONFIG.",
    );
  return config;
}

interface Proxied {
  server: string;
  proxyUrl?: string | undefined;
}

const listedFiles = () =>
  (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");

function missing(listed: string[]): string {
  const sought =
    listed.length === 0
      ? "KUBECONFIG is not set, and there is no file ~/.kube/config"
      : `KUBECONFIG names ${listed.join(", ")}, where no file is`;
  return `There is no kubeconfig: ${sought}. Set KUBECONFIG to the file that your cluster's administrator gave you.`;
}

/**
 * Loads the Kubernetes client's reader, on first use. It wants a class for each of 800 kinds of object, to make clients
 * that are seldom made: they are loaded with the first client (late-clients.ts).
 */
async function loadClient() {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "./gen/index.js" && context.parentURL?.endsWith("/client-node/dist/config.js")
        ? next(new URL("late-clients.ts", import.meta.url).href, context)
        : next(specifier, context),
  });
  try {
    return await import("@kubernetes/client-node/dist/config.js");
  } finally {
    hooks.deregister();
  }
}

/** Undefined: there is none of the files. */
async function readFiles(): Promise<KubeConfig | undefined> {
  const { KubeConfig } = await loadClient();
  const read = async (load: (config: KubeConfig) => Promise<void> | void, where: string) => {
    const config = new KubeConfig();
    try {
      await load(config);
    } catch (error) {
      throw new Refusal(unreadable(where, error), { cause: error });
    }
    return config;
  };
  if (listedFiles().length === 0) {
    const usual = join(homedir(), ".kube", "config");
    const config = await read(async (one) => {
      one.loadFromDefault();
      if (existsSync(usual)) await completeUsers(one, usual);
    }, "~/.kube/config");
    return isInvented(config) ? undefined : config;
  }
  const files = listedFiles().filter((file) => existsSync(file));
  const readFile = (file: string) =>
    read((one) => {
      one.loadFromFile(file);
      return completeUsers(one, file);
    }, file);
  const configs = await Promise.all(files.map(readFile));
  if (configs.length < 2) return configs[0];
  return read(
    (merged) =>
      merged.loadFromOptions({
        clusters: firstByName(configs.flatMap(({ clusters }) => clusters)),
        users: firstByName(configs.flatMap(({ users }) => users)),
        contexts: firstByName(configs.flatMap(({ contexts }) => contexts)),
        currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean) ?? "",
      }),
    files.join(delimiter),
  );
}

/** Where it finds nothing, the client makes up a cluster on this machine. */
const isInvented = (config: KubeConfig) =>
  config.getCurrentContext() === "loaded-context" &&
  config.getCurrentCluster()?.server === "http://localhost:8080";

/** A reader of YAML shows the lines around a fault, with what is secret in them: only the first line is told. */
function unreadable(file: string, error: unknown): string {
  // The client takes what is no object for one.
  const reason =
    error instanceof TypeError
      ? "it has no clusters and contexts"
      : reasonOf(error).replace(/:$/, "");
  return `The kubeconfig ${file} cannot be read (${reason}): correct it or set KUBECONFIG.`;
}

const firstByName = <T extends { name: string }>(list: T[]): T[] =>
  list.filter(({ name }, index) => list.findIndex((other) => other.name === name) === index);
