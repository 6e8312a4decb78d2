import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../lib/paths.ts";
import type { Recipe } from "./catalogue.ts";

export const moduleFolder = (module: string) => new URL(`go/${module}/`, import.meta.url).pathname;

/** Names the folder of a tool's result: another recipe, module, patch, flag or compiler makes another folder. */
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

/** Lists what decides a build: go.mod, go.sum and our own Go files. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.go$|^go\.(mod|sum)$/.test(name))
    .sort();
}

const read = (folder: string, file: string) => readFileSync(join(folder, file));

export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}
