import { clusterStatus } from "../local/cluster/index.ts";
import { LocalError } from "../local/lib/failure.ts";
import { repository } from "../local/lib/paths.ts";
import { run } from "../local/lib/run.ts";
import { devSettings, entryOf } from "../local/stack/entry.ts";
import type { Command } from "./measure.ts";

/** Where stack dev serves the shortener. */
export const entry = entryOf(await devSettings());

/** Runs a local command of a checkout as a user does. */
export const local = (word: "up" | "clean", cwd = repository) =>
  run(process.execPath, ["local/main.ts", word], { cwd, show: true });

/** Runs make in a checkout as from a shell: what it is told by the make that runs this benchmark is none of its business. */
export const asUser = (
  target: "up" | "test" | "plan",
  cwd: string,
  env: Command["env"] = {},
): Command => ({
  command: "make",
  args: [target],
  cwd,
  env: { MAKELEVEL: undefined, MAKEFLAGS: undefined, MFLAGS: undefined, ...env },
});

/** About how long it takes to bring stack dev up, and to take it away again. */
export const stackMinutes = 4;

/** Has stack dev up for as long as the work takes: the one that runs, or one that is gone afterwards. */
export async function withStack<T>(work: () => Promise<T>): Promise<T> {
  if ((await clusterStatus()).state === "running") return work();
  try {
    await local("up");
    return await work();
  } finally {
    await local("clean");
  }
}

/**
 * Lets work bring up clusters of its own, and leaves none.
 * @throws LocalError when there is one already: it is somebody's.
 */
export async function withoutCluster<T>(work: () => Promise<T>): Promise<T> {
  if ((await clusterStatus()).state !== "absent")
    throw new LocalError("This benchmark starts clusters of its own: run make down first.");
  try {
    return await work();
  } finally {
    await local("clean");
  }
}
