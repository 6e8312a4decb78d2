/**
 * The entry that the engine and the script `pack` start: plain JavaScript, as the engine's language host registers a
 * compiler that cannot load TypeScript modules, while Node itself reads them. Print nothing here, stdout is the engine's.
 */

require("node:module").enableCompileCache();
module.exports = import("./pack.ts");
