/**
 * What Node loads before the program (`nodeargs` in Pulumi.yaml, `make plan`, the tests): it halves the processor time of
 * the program in a preview, and takes nothing away but time.
 *
 * - Compiled modules are kept between runs.
 * - Pulumi's SDK loads a compiler and npm's dependency resolver to serialise functions, and this program serialises none;
 *   and a library that reads source maps for every stack trace, which code that Node strips of its types does not need.
 * - The Kubernetes client's reader of kubeconfigs loads a class for each kind of object, to make clients that the program
 *   does not make: it asks the API server for a path (api.ts).
 * - The SDK writes a stack trace for each of its thousands of promises, and shows it where a variable asks for that.
 */

import module, { createRequire, registerHooks } from "node:module";

module.enableCompileCache();

const unused = new Set(["typescript", "@npmcli/arborist", "source-map-support/register"]);
const clientsOfAllKinds = "./gen/index.js";
const noClients =
  "data:text/javascript,export const createConfiguration = undefined, ServerConfiguration = undefined";

registerHooks({
  resolve(specifier, context, next) {
    if (unused.has(specifier)) return { url: "node:path", format: "builtin", shortCircuit: true };
    if (
      specifier === clientsOfAllKinds &&
      context.parentURL?.endsWith("/client-node/dist/config.js")
    )
      return { url: noClients, format: "module", shortCircuit: true };
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
