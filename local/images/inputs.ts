import { existsSync } from "node:fs";
import { join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { cacheFolder, repository } from "../lib/paths.ts";
import { run } from "../lib/run.ts";
import type { BinaryName } from "../toolchain/catalogue.ts";
import type { ModuleName } from "../toolchain/modules.ts";

/** The source of a file; `sourcePath` says where it is on this machine. */
export type Source =
  | { tool: BinaryName | "node" }
  | { debian: string }
  | { module: ModuleName; path: string }
  | { repository: string };

/** Finds the parts of the images on this machine, and waits for what is still being made. */
export interface ImageInputs {
  /** Waits for the path of a finished binary. */
  tool: (name: BinaryName) => Promise<string>;
  /** Waits for the folder of a Go module's files. */
  moduleFolder: (name: ModuleName) => Promise<string>;
  /** Waits for the folder that Debian packages were unpacked into. */
  debianRoot: Promise<string>;
  /** The folder that keeps the images; the user's cache unless said. */
  cache?: string;
}

export const imageCache = () => join(cacheFolder(), "images");

function describe(source: Source): string {
  if ("tool" in source) return `the binary ${source.tool}`;
  if ("debian" in source) return `the Debian file ${source.debian}`;
  if ("module" in source) return `${source.path} of the Go module ${source.module}`;
  return source.repository;
}

async function pathOf(source: Source, inputs: ImageInputs): Promise<string> {
  if ("debian" in source) return join(await inputs.debianRoot, source.debian);
  if ("module" in source) return join(await inputs.moduleFolder(source.module), source.path);
  if ("repository" in source) return join(repository, source.repository);
  return source.tool === "node" ? process.execPath : inputs.tool(source.tool);
}

/** Finds the file or folder that a source names. */
export async function sourcePath(source: Source, inputs: ImageInputs): Promise<string> {
  const path = await pathOf(source, inputs);
  if (existsSync(path)) return path;
  throw new LocalError(
    `Cannot build the images: ${describe(source)} is missing (looked for ${path}). ` +
      "Build the toolchain first.",
  );
}

/** How many programs are being bundled now. */
let bundling = 0;

/** Makes one file that Node runs of a TypeScript program and everything it imports. */
export async function bundleProgram(entry: string, inputs: ImageInputs): Promise<Buffer> {
  const path = await sourcePath({ repository: entry }, inputs);
  const { build, stop } = await import("esbuild");
  bundling += 1;
  try {
    const { outputFiles } = await build({
      entryPoints: [path],
      absWorkingDir: repository,
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
    if (!output) throw new LocalError(`esbuild made nothing of ${entry}.`);
    return Buffer.from(output.contents);
  } finally {
    bundling -= 1;
    // Its process stays otherwise, with a quarter of a GiB, for as long as this one.
    if (bundling === 0) await stop();
  }
}

/** Lists the commands that a busybox binary holds; it is static, so it runs on any host. */
export async function appletsOf(source: Source, inputs: ImageInputs): Promise<string[]> {
  const stdout = await run(await sourcePath(source, inputs), ["--list"]);
  return stdout.split("\n").filter((name) => name && name !== "busybox");
}
