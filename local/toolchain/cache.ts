import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rename } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Recipe } from "./catalogue.ts";
import { withLock } from "./lock.ts";
import { keep, remove, removeAtExit } from "./scratch.ts";

/** The user's cache folder for this project. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "shlink-platform");
}

export const moduleFolder = (module: string) => new URL(`go/${module}/`, import.meta.url).pathname;

/** Where a tool's result lies: another recipe, module, patch, flag or compiler makes another folder. */
export function resultFolder(
  tool: string,
  recipe: Recipe,
  compiler: string,
  root = cacheFolder(),
  module = recipe.from === "go" ? moduleFolder(recipe.module) : "",
): string {
  const ignored = ["cpuSeconds", "onPath"];
  const content = Object.entries(recipe).filter(([name]) => !ignored.includes(name));
  const hash = createHash("sha256").update(JSON.stringify(Object.fromEntries(content)));
  if (recipe.from === "go") {
    hash.update(compiler);
    for (const file of sources(module)) hash.update(`\0${file}\0`).update(read(module, file));
  }
  return join(root, "tools", tool, hash.digest("hex").slice(0, 16));
}

/** What decides a build: go.mod, go.sum and our own Go files. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.go$|^go\.(mod|sum)$/.test(name))
    .sort();
}

const read = (folder: string, file: string) => readFileSync(join(folder, file));

/**
 * Fills a folder so that it is either whole or not there, whatever interrupts. When another process fills
 * the same one, waits for it.
 */
export async function publish(
  folder: string,
  fill: (draft: string) => Promise<void>,
  waiting: (pid: number) => void = () => undefined,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  await withLock(`${folder}.lock`, waiting, async () => {
    if (existsSync(folder)) return;
    await removeDrafts(folder);
    const draft = await mkdtemp(`${folder}.draft-`);
    removeAtExit(draft);
    try {
      await fill(draft);
      await sync(draft);
      await rename(draft, folder);
      keep(draft);
    } finally {
      await remove(draft);
    }
  });
}

/** What a killed process left behind; whoever holds the lock may remove it. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder)))
    if (name.startsWith(`${basename(folder)}.draft-`)) await remove(join(dirname(folder), name));
}

/** The name must not reach the disk before the content. */
async function sync(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(folder, entry.name));
    await file.sync().finally(() => file.close());
  }
}

export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}
