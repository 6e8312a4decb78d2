import { homedir } from "node:os";
import { join } from "node:path";

/** The root of this repository. */
export const repository = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const base = (variable: string, fallback: string) =>
  join(process.env[variable] || join(homedir(), fallback), "shlink-platform");

/** What may be deleted at any time, and is only slow to make again. */
export const cacheFolder = base("XDG_CACHE_HOME", ".cache");
/** What belongs to the local cluster that runs now. */
export const stateFolder = base("XDG_STATE_HOME", ".local/state");

/** Everything of Pulumi's that a run on the local cluster leaves behind. */
export const pulumiFolder = join(stateFolder, "pulumi");
/** Mirror of charts that the stack `dev` names. */
export const chartMirror = join(repository, ".local/charts");
/** Where the images and charts of the cluster that runs now came from. */
export const supplyRecord = join(stateFolder, "supply");
export const commandLock = join(stateFolder, "command.lock");
