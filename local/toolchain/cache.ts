import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, repository } from "../lib/paths.ts";
import type { Recipe } from "./catalogue.ts";

export const moduleFolder = (module: string) => new URL(`go/${module}/`, import.meta.url).pathname;

/** Names the folder of a tool's result: another recipe, source, patch, flag or compiler makes another folder. */
export function resultFolder(
  tool: string,
  recipe: Recipe,
  compiler: string,
  root = cacheFolder(),
  source = sourceFolder(recipe),
): string {
  const ignored = ["cpuSeconds", "onPath"];
  const content = Object.entries(recipe).filter(([name]) => !ignored.includes(name));
  const hash = createHash("sha256").update(JSON.stringify(Object.fromEntries(content)));
  if (recipe.from === "go") hash.update(compiler);
  for (const file of sources(recipe, source))
    hash.update(`\0${file}\0`).update(readFileSync(join(source, file)));
  return join(root, "tools", tool, hash.digest("hex").slice(0, 16));
}

function sourceFolder(recipe: Recipe): string {
  if (recipe.from === "npmBuild") return join(repository, recipe.source);
  return recipe.from === "go" ? moduleFolder(recipe.module) : "";
}

/** What decides a build: go.mod, go.sum and our own Go files, or the files that npm and the script "build" read. */
const decisive = { go: /\.go$|^go\.(mod|sum)$/, npmBuild: /^[^/]+\.(json|jsx|css|html)$/ };

function sources({ from }: Recipe, folder: string): string[] {
  if (from !== "go" && from !== "npmBuild") return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => decisive[from].test(name))
    .sort();
}

export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}
