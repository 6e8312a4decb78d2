/** Stands before the SDK's configure call, which would accept anything. */

import { createRequire } from "node:module";
import { ConfigError, readPolicy, readStackClass, STACK_CLASS } from "./config.ts";
import type { PackConfig } from "./config.ts";
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

const unconfigured = (): PackConfig => ({ stackClass: "prod", policies: new Map() });

/** @returns the configuration, or why it is refused */
function read(policies: Policy[], call: Call, today: string): PackConfig | string {
  const config = unconfigured();
  try {
    for (const [name, sent] of call.request.getPolicyconfigMap().entries()) {
      const policy = policies.find((one) => one.name === name);
      const enforcementLevel = LEVELS[sent.getEnforcementlevel()];
      const settings = sent.getProperties()?.toJavaScript() ?? {};
      if (policy !== undefined)
        config.policies.set(name, readPolicy(policy, { ...settings, enforcementLevel }, today));
      if (name === STACK_CLASS)
        config.stackClass = readStackClass(enforcementLevel === "mandatory" ? settings : null);
    }
    return config;
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
export function guardConfiguration(
  policies: Policy[],
  today: string,
  serve: (config: PackConfig) => void,
): void {
  const config = unconfigured();
  // The very copy that the SDK uses, wherever npm put it.
  const sdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"));
  const { prototype } = (sdk("@grpc/grpc-js") as Grpc).Server;
  const { addService } = prototype;
  let bites = false;
  prototype.addService = function (service, handlers) {
    const { configure } = handlers;
    bites = typeof configure === "function";
    const guarded: Configure = (call, callback) => {
      const given = read(policies, call, today);
      if (typeof given === "string")
        return callback({ code: INVALID_ARGUMENT, message: given, details: given });
      Object.assign(config, given);
      (configure as Configure)(call, callback);
    };
    addService.call(this, service, { ...handlers, ...(bites && { configure: guarded }) });
  };
  serve(config);
  prototype.addService = addService;
  if (!bites) throw new Error("the policy SDK no longer takes its configuration by gRPC");
}
