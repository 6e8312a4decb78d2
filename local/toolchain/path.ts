import { findCommand, type Run } from "../lib/run.ts";
import type { Recipe } from "./catalogue.ts";

/** Finds a recipe's binaries on PATH, when all are there in the right version. */
export async function onPath(
  recipe: Recipe,
  run: Run,
  path = process.env["PATH"] ?? "",
): Promise<Map<string, string> | undefined> {
  const found = new Map<string, string>();
  for (const [binary, check] of Object.entries(recipe.onPath ?? {})) {
    const file = findCommand(binary, path);
    if (file === undefined) return undefined;
    const { code, output } = await run(file, check.args);
    if (code !== 0 || !check.version.test(output)) return undefined;
    found.set(binary, file);
  }
  return found.size === 0 ? undefined : found;
}
