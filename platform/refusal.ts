import { RunError } from "@pulumi/pulumi/errors.js";

/**
 * A sentence with which the program ends, without a stack trace. It stays as it is: where it comes out of an output, the SDK sets
 * `error serializing property "..."` before it, once for each resource that was to have the value.
 */
export class Refusal extends RunError {
  constructor(sentence: string, options: { cause?: unknown } = {}) {
    super(sentence);
    Object.defineProperty(this, "message", { get: () => sentence, set: () => {} });
    if ("cause" in options) this.cause = options.cause;
  }
}
