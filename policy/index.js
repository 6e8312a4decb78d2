/**
 * The entry that the engine and the script `pack` start. It is plain JavaScript, because the engine's language host
 * registers a compiler that cannot load TypeScript modules, while Node itself can. Print nothing here: stdout is the
 * engine's.
 */

import module from "node:module";
import process from "node:process";

const REASONS = new Map([
  [
    "ERR_UNKNOWN_FILE_EXTENSION",
    `it needs Node 22.18 or newer, and this is ${process.versions.node}.`,
  ],
  ["ERR_MODULE_NOT_FOUND", "its packages are missing; run npm install in its folder."],
]);

// An old Node has none.
module.enableCompileCache?.();
import("./pack.ts").then(
  () => {
    // The engine ends the pack by a signal, before Node would write the cache.
    module.flushCompileCache();
  },
  (error) => {
    const reason = REASONS.get(error.code);
    if (reason === undefined) throw error;
    process.stderr.write(`policy pack: ${reason}\n`);
    process.exitCode = 1;
  },
);
