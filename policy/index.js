/**
 * The entry that the engine and the script `pack` start. It is plain JavaScript, because the engine's language host
 * registers a compiler that cannot load TypeScript modules, while Node itself can. Print nothing here: stdout is the
 * engine's.
 */

import module from "node:module";

module.enableCompileCache();
void import("./pack.ts").then(() => {
  // The engine ends the pack by a signal, before Node would write the cache.
  module.flushCompileCache();
});
