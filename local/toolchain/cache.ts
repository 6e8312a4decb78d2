import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Recipe } from "./catalogue.ts";

/** The user's cache folder for this project. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "shlink-platform");
}

export const moduleFolder = (module: string) => new URL(`go/${module}/`, import.meta.url).pathname;

/** Where a tool's result lies: another recipe, module or compiler makes another folder. */
export function resultFolder(
  tool: string,
  recipe: Recipe,
  goVersion: string,
  root = cacheFolder(),
) {
  const hash = createHash("sha256").update(JSON.stringify(recipe));
  if (recipe.from === "go") {
    hash.update(goVersion);
    for (const file of sources(moduleFolder(recipe.module))) hash.update(readFileSync(file));
  }
  return join(root, "tools", tool, hash.digest("hex").slice(0, 16));
}

/** What decides a build: go.mod, go.sum and our own Go files, not what the build copies in. */
function sources(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.go$|^go\.(mod|sum)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Fills a folder so that it is either whole or not there, whatever interrupts. */
export async function publish(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  try {
    await fill(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Somebody else may have published the same content meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}
