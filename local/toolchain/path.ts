import { existsSync, realpathSync } from "node:fs";
import { delimiter, sep } from "node:path";
import { stateFolder } from "../lib/paths.ts";
import { findCommand, type Run } from "../lib/run.ts";
import type { Recipe } from "./catalogue.ts";

/**
 * Finds a recipe's binaries on PATH, when all are there in the right version. What lies in `own` is a copy of ours, which is
 * replaced by what is found here and goes with the cluster.
 */
export async function onPath(
  recipe: Recipe,
  run: Run,
  path = process.env["PATH"] ?? "",
  own = stateFolder(),
): Promise<Map<string, string> | undefined> {
  const found = new Map<string, string>();
  for (const [binary, check] of Object.entries(recipe.onPath ?? {})) {
    const file = findOutside(own, binary, path);
    if (file === undefined) return undefined;
    const { code, output } = await run(file, check.args);
    if (code !== 0 || !check.version.test(output)) return undefined;
    found.set(binary, file);
  }
  return found.size === 0 ? undefined : found;
}

function findOutside(own: string, binary: string, path: string): string | undefined {
  const inside = (existsSync(own) ? realpathSync(own) : own) + sep;
  return path
    .split(delimiter)
    .map((folder) => findCommand(binary, folder))
    .find((file) => file !== undefined && !realpathSync(file).startsWith(inside));
}
