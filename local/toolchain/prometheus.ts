import { join } from "node:path";
import { cacheFolder } from "../lib/paths.ts";
import { publishFolder } from "../lib/publish.ts";
import { tryRun, type Run } from "../lib/run.ts";
import { unpackPackage } from "./packages.ts";

/** Finds the folder with Debian's `prometheus` and `promtool`; unpacked once, never installed or started. */
export async function prometheusTools(
  runner: Run = tryRun,
  cache = cacheFolder(),
): Promise<string> {
  const folder = join(cache, "debian", "prometheus");
  await publishFolder(folder, (draft) => unpackPackage("prometheus", draft, runner));
  return join(folder, "usr", "bin");
}
