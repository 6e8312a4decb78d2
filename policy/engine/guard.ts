/** Stands before the SDK's configure call, which would accept anything. */

import { createRequire } from "node:module";
import { ConfigError, readPolicy } from "./config.ts";
import type { Policy } from "./policy.ts";

/** What the engine sends for one policy. */
interface WireConfig {
  getEnforcementlevel(): number;
  getProperties(): { toJavaScript(): object } | undefined;
}

interface Call {
  request: { getPolicyconfigMap(): { entries(): Iterable<[string, WireConfig]> } };
}

type Configure = (call: Call, callback: (error?: object) => void) => void;
type Handlers = Record<string, unknown>;

type AddService = (this: unknown, service: unknown, handlers: Handlers) => void;

interface Grpc {
  Server: { prototype: { addService: AddService } };
}

/** The engine's numbers for the levels. */
const LEVELS = ["advisory", "mandatory", "disabled", "mandatory"];
const INVALID_ARGUMENT = 3;

/** @returns why the configuration is refused */
function refusal(policies: Policy[], call: Call, today: string): string | undefined {
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
 * where it comes in. An SDK that no longer takes configurations there ends the pack, as nothing
 * would defend the policies.
 */
export function guardConfiguration(policies: Policy[], today: () => string, serve: () => void) {
  const { prototype } = (createRequire(import.meta.url)("@grpc/grpc-js") as Grpc).Server;
  const { addService } = prototype;
  let bites = false;
  prototype.addService = function (service, handlers) {
    const { configure } = handlers;
    bites = typeof configure === "function";
    const guarded = guard(policies, configure as Configure, today);
    addService.call(this, service, { ...handlers, ...(bites && { configure: guarded }) });
  };
  serve();
  prototype.addService = addService;
  if (!bites) throw new Error("the policy SDK no longer takes its configuration by gRPC");
}

function guard(policies: Policy[], configure: Configure, today: () => string): Configure {
  return (call, callback) => {
    const message = refusal(policies, call, today());
    if (message === undefined) configure(call, callback);
    else callback({ code: INVALID_ARGUMENT, message, details: message });
  };
}
