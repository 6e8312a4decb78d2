/**
 * Two savings on the policy SDK, both of time only. It loads a compiler and npm's dependency resolver, to serialise
 * functions, which a policy pack never does. And it reads a resource's inputs anew for every policy: once is enough, as
 * no policy changes them.
 */

import { createRequire, registerHooks } from "node:module";

const UNUSED = new Set(["typescript", "@npmcli/arborist"]);

registerHooks({
  resolve(specifier, context, next) {
    if (!UNUSED.has(specifier)) return next(specifier, context);
    return { url: "node:path", format: "builtin", shortCircuit: true };
  },
});

type Deserialize = (inputs: object, withSecrets: boolean) => unknown;

const sdk = createRequire(import.meta.url)("@pulumi/policy/deserialize") as {
  deserializeProperties?: Deserialize;
};
const deserialize = sdk.deserializeProperties;
const known = new WeakMap<object, unknown>();

if (deserialize === undefined) {
  throw new Error("The policy SDK no longer reads inputs in @pulumi/policy/deserialize.");
}
sdk.deserializeProperties = (inputs, withSecrets) => {
  if (withSecrets) return deserialize(inputs, withSecrets);
  const value = known.get(inputs) ?? deserialize(inputs, withSecrets);
  known.set(inputs, value);
  return value;
};
