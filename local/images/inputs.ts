import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ModuleName, Source, ToolName } from "./recipe.ts";

/** Where the parts of the images are on this machine; the toolchain fills this in. */
export interface ImageInputs {
  /** The root folder of this repository. */
  readonly repository: string;
  /** The path of a finished binary. */
  readonly tool: (name: ToolName) => string;
  /** The folder of a Go module's files. */
  readonly moduleFolder: (name: ModuleName) => string;
  /** The folder that Debian packages were unpacked into. */
  readonly debianRoot: string;
  /** Images are kept here; default: the user's cache folder. */
  readonly cache?: string;
}

export class MissingInputError extends Error {}

const run = promisify(execFile);

export function defaultCache(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "shlink-platform", "images");
}

function described(source: Source): string {
  if ("tool" in source) return `the binary ${source.tool}`;
  if ("debian" in source) return `the Debian file ${source.debian}`;
  if ("module" in source) return `${source.path} of the Go module ${source.module}`;
  return "bundle" in source ? source.bundle : source.repository;
}

function pathOf(source: Exclude<Source, { bundle: string }>, inputs: ImageInputs): string {
  if ("tool" in source) return inputs.tool(source.tool);
  if ("debian" in source) return join(inputs.debianRoot, source.debian);
  if ("module" in source) return join(inputs.moduleFolder(source.module), source.path);
  return join(inputs.repository, source.repository);
}

/** The file or folder that a source names. */
export function sourcePath(
  source: Exclude<Source, { bundle: string }>,
  inputs: ImageInputs,
): string {
  const path = pathOf(source, inputs);
  if (existsSync(path)) return path;
  throw new MissingInputError(
    `Cannot build the images: ${described(source)} is missing (looked for ${path}). ` +
      "Build the toolchain first.",
  );
}

/** One TypeScript program with everything it imports, as one file that Node runs. */
export async function bundleProgram(entry: string, inputs: ImageInputs): Promise<Buffer> {
  const path = sourcePath({ repository: entry }, inputs);
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [path],
    absWorkingDir: inputs.repository,
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    legalComments: "none",
    // CommonJS packages inside the bundle still call require().
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    external: ["pg-native"],
  });
  const [output] = outputFiles;
  if (!output) throw new MissingInputError(`esbuild made nothing of ${entry}.`);
  return Buffer.from(output.contents);
}

/** The commands that a busybox binary holds; it is static, so it runs on any host. */
export async function appletsOf(source: Source, inputs: ImageInputs): Promise<string[]> {
  if ("bundle" in source) return [];
  const { stdout } = await run(sourcePath(source, inputs), ["--list"]);
  return stdout.split("\n").filter((name) => name && name !== "busybox");
}
