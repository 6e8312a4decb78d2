import { join } from "node:path";
import { cacheFolder, publish } from "./cache.ts";
import { unpackPackage } from "./packages.ts";
import { run, type Run } from "./run.ts";

/** Folder with Debian's `prometheus` and `promtool`; unpacked once, never installed or started. */
export async function prometheusTools(runner: Run = run, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, "debian", "prometheus");
  await publish(folder, (draft) => unpackPackage("prometheus", draft, runner));
  return join(folder, "usr", "bin");
}
