/** Stands before the SDK's configure call, which would accept anything. */

import { createRequire } from "node:module";
import { ConfigError, readPolicy } from "./config.js";

/** @import { Policy } from "./policy.js" */

/**
 * What the engine sends for one policy.
 * @typedef {{ getEnforcementlevel: () => number, getProperties: () => { toJavaScript: () => object } | undefined }} WireConfig
 * @typedef {{ request: { getPolicyconfigMap: () => { entries: () => Iterable<[string, WireConfig]> } } }} Call
 * @typedef {(call: Call, callback: (error?: object) => void) => void} Configure
 */

/** The engine's numbers for the levels. */
const LEVELS = ["advisory", "mandatory", "disabled", "mandatory"];
const INVALID_ARGUMENT = 3;

/**
 * @param {Policy[]} policies
 * @param {Call} call
 * @param {string} today
 * @returns {string | undefined} why the configuration is refused
 */
export function refusal(policies, call, today) {
  try {
    for (const [name, sent] of call.request.getPolicyconfigMap().entries()) {
      const policy = policies.find((one) => one.name === name);
      const enforcementLevel = LEVELS[sent.getEnforcementlevel()];
      const settings = sent.getProperties()?.toJavaScript() ?? {};
      if (policy !== undefined) readPolicy(policy, { ...settings, enforcementLevel }, today);
    }
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/**
 * A disabled policy is never called, so it could not defend itself; the configuration is refused
 * where it comes in.
 * @param {Policy[]} policies
 * @param {() => string} today
 */
export function guardConfiguration(policies, today) {
  const require = createRequire(import.meta.url);
  const grpc = /** @type {{ Server: { prototype: { addService: Function } } }} */ (
    require("@grpc/grpc-js")
  );
  const original = grpc.Server.prototype.addService;
  /** @this {unknown} @param {unknown} service @param {Record<string, unknown>} handlers */
  grpc.Server.prototype.addService = function (service, handlers) {
    const configure = /** @type {Configure | undefined} */ (handlers["configure"]);
    if (configure !== undefined) handlers["configure"] = guarded(policies, configure, today);
    return /** @type {unknown} */ (original.call(this, service, handlers));
  };
}

/**
 * @param {Policy[]} policies
 * @param {Configure} configure
 * @param {() => string} today
 * @returns {Configure}
 */
function guarded(policies, configure, today) {
  return (call, callback) => {
    const message = refusal(policies, call, today());
    if (message === undefined) configure(call, callback);
    else callback({ code: INVALID_ARGUMENT, message, details: message });
  };
}
