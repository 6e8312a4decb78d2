import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Recipe } from "./catalogue.ts";
import type { Run } from "./run.ts";

/** Paths of a recipe's binaries on PATH, when all are there in the right version. */
export async function onPath(
  recipe: Recipe,
  run: Run,
  path = process.env["PATH"] ?? "",
): Promise<Map<string, string> | undefined> {
  const found = new Map<string, string>();
  for (const [binary, check] of Object.entries(recipe.onPath ?? {})) {
    const file = which(binary, path);
    if (file === undefined) return undefined;
    const { code, output } = await run(file, check.args);
    if (code !== 0 || !check.version.test(output)) return undefined;
    found.set(binary, file);
  }
  return found.size === 0 ? undefined : found;
}

function which(binary: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, binary))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
