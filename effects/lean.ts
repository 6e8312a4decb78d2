/**
 * What Node loads before the program (`nodeargs` in Pulumi.yaml, `make plan`, the tests): with it the program takes half the
 * processor time (`make plan`), and nothing is taken away but time.
 *
 * - Compiled modules are kept between runs.
 * - Pulumi's SDK loads a compiler and npm's dependency resolver to serialise functions, and this program serialises none;
 *   and a library that reads source maps for every stack trace, which code that Node strips of its types does not need.
 * - The SDK writes a stack trace for each of its thousands of promises, and shows it where a variable asks for that.
 * - A program whose engine was killed ends (orphan.ts).
 */

import module, { createRequire, registerHooks } from "node:module";
import { endWithoutReader } from "./orphan.ts";

endWithoutReader();
module.enableCompileCache();

const unused = new Set(["typescript", "@npmcli/arborist", "source-map-support/register"]);

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = "" } = context;
    if (unused.has(specifier) && parentURL.includes("/@pulumi/pulumi/"))
      return { url: "node:path", format: "builtin", shortCircuit: true };
    return next(specifier, context);
  },
});

type Watch = <T>(promise: Promise<T>, context: string) => Promise<T>;

const sdk = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js") as {
  debugPromiseLeaks: boolean;
  debuggablePromise?: Watch;
};
const { debuggablePromise: watch } = sdk;

if (watch === undefined)
  throw new Error("Pulumi's SDK no longer watches promises in runtime/debuggable.js.");
if (!sdk.debugPromiseLeaks)
  sdk.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return watch(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
