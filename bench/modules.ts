/** Node loads this before the program, whose modules are to be counted: the number is in a file when the program has ended. */

import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

const loaded = new Set<string>();

registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) loaded.add(url);
    return next(url, context);
  },
});

process.on("exit", () => {
  const { BENCH_MODULES: file } = process.env;
  // Some of the plugins are programs of Node's, too.
  const isProgram = /\/@pulumi\/pulumi\/cmd\/run\/index\.js$/.test(process.argv[1] ?? "");
  if (file !== undefined && isProgram) writeFileSync(file, String(loaded.size));
});
