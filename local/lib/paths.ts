import { homedir } from "node:os";
import { join } from "node:path";

/** The root of this repository. */
export const repository = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

type Environment = Record<string, string | undefined>;

function userFolder(env: Environment, variable: string, fallback: string): string {
  const base = env[variable] || join(env["HOME"] || homedir(), fallback);
  return join(base, "shlink-platform");
}

/** The folder of what may be deleted at any time, and is only slow to make again. */
export const cacheFolder = (env: Environment = process.env) =>
  userFolder(env, "XDG_CACHE_HOME", ".cache");

/** The folder of what belongs to the local cluster that runs now. */
export const stateFolder = (env: Environment = process.env) =>
  userFolder(env, "XDG_STATE_HOME", ".local/state");

/** The folder of the cluster itself: its data, keys and logs. */
export const clusterFolder = (env: Environment = process.env) => join(stateFolder(env), "cluster");

/** The folder of everything that Pulumi keeps about the local stacks. */
export const pulumiFolder = join(stateFolder(), "pulumi");
/** The mirror of charts that the stack `dev` names. */
export const chartMirror = join(repository, ".local/charts");
/** The file that says where the images and charts of the cluster that runs now came from. */
export const supplyRecord = join(stateFolder(), "supply");
/** The lock that lets one command at a time change the local cluster. */
export const commandLock = join(stateFolder(), "command.lock");
