/** Reads a policy configuration file, and refuses one that says less than it seems to. */

import { isMap } from "./cursor.ts";
import { EXEMPT_SCHEMA } from "./exemptions.ts";
import type { Policy, Setting } from "./policy.ts";
import type { Exemption } from "./exemptions.ts";
import type { Level, StackClass } from "./levels.ts";

export interface PolicySettings {
  cap?: Level;
  exemptions: Exemption[];
  settings: Record<string, unknown>;
}

/** What one file says: the class of the stack, and what differs for single policies. */
export interface PackConfig {
  stackClass: StackClass;
  policies: Map<string, PolicySettings>;
}

/** A configuration that must not be used; its message is one sentence. */
export class ConfigError extends Error {}

const LEVELS = ["mandatory", "advisory", "disabled"];

/** The key that holds the class; the engine lets only levels and objects stand beside the policies. */
export const STACK_CLASS = "stack-class";

/**
 * @param raw the parsed file
 * @param today YYYY-MM-DD
 */
export function readConfig(policies: Policy[], raw: unknown, today: string): PackConfig {
  if (!isMap(raw)) {
    throw new ConfigError(
      "Policy config: the file must hold one JSON object with policy names as keys.",
    );
  }
  const { all, [STACK_CLASS]: stackClass, ...own } = raw;
  for (const name of Object.keys(own)) known(policies, name);
  const settings: Map<string, PolicySettings> = new Map();
  for (const policy of policies) {
    const given = own[policy.name] ?? all;
    if (given !== undefined) settings.set(policy.name, readPolicy(policy, given, today));
  }
  return { stackClass: readStackClass(stackClass), policies: settings };
}

/** @returns prod when nothing is given */
export function readStackClass(given: unknown): StackClass {
  if (given === undefined) return "prod";
  const { class: stackClass, ...unknown } = isMap(given) ? given : {};
  if ((stackClass !== "prod" && stackClass !== "dev") || Object.keys(unknown).length > 0) {
    throw new ConfigError(
      `Policy config: "${STACK_CLASS}" must be { "class": "prod" } or { "class": "dev" }.`,
    );
  }
  return stackClass;
}

function known(policies: Policy[], name: string) {
  if (policies.some((policy) => policy.name === name)) return;
  const [close] = policies
    .map((policy) => ({ name: policy.name, away: distance(policy.name, name) }))
    .sort((a, b) => a.away - b.away);
  const near = close !== undefined && close.away <= name.length / 2;
  const hint = near ? ` (did you mean "${close.name}"?)` : "";
  throw new ConfigError(
    `Policy config: "${name}" is not a policy of this pack${hint}; docs/policies.md lists them.`,
  );
}

/** Levenshtein's edit distance. */
function distance(left: string, right: string) {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

export function readPolicy(policy: Policy, given: unknown, today: string): PolicySettings {
  const object = typeof given === "string" ? { enforcementLevel: given } : given;
  if (!isMap(object)) {
    throw new ConfigError(`Policy config: "${policy.name}" must be a level or an object.`);
  }
  const { enforcementLevel, exempt = [], ...settings } = object;
  const cap = readLevel(policy, enforcementLevel);
  const exemptions = readExemptions(policy, exempt, today);
  for (const [key, value] of Object.entries(settings)) readSetting(policy, key, value);
  return { cap, exemptions, settings };
}

function readLevel(policy: Policy, level: unknown): Level | undefined {
  if (level === undefined) return undefined;
  if (typeof level !== "string" || !LEVELS.includes(level)) {
    throw new ConfigError(
      `Policy config: the level of "${policy.name}" must be one of ${LEVELS.join(", ")}.`,
    );
  }
  if (policy.locked === true && level !== "mandatory") {
    throw new ConfigError(
      `Policy config: "${policy.name}" is locked and cannot be lowered to ${level}, neither by its name nor by "all".`,
    );
  }
  if (level === "mandatory") return undefined;
  return level === "advisory" ? "advisory" : "off";
}

function readSetting(policy: Policy, key: string, value: unknown) {
  const setting = policy.settings?.[key];
  if (setting === undefined) {
    throw new ConfigError(`Policy config: "${policy.name}" has no setting "${key}".`);
  }
  if (!fits(setting, value)) {
    const wanted = setting.type === "array" ? "a list of strings" : `a ${setting.type}`;
    throw new ConfigError(`Policy config: "${policy.name}.${key}" must be ${wanted}.`);
  }
}

function fits(setting: Setting, value: unknown) {
  if (setting.type === "array")
    return Array.isArray(value) && value.every((item) => typeof item === "string");
  return typeof value === setting.type;
}

function readExemptions(policy: Policy, given: unknown, today: string): Exemption[] {
  if (!Array.isArray(given))
    throw new ConfigError(`Policy config: "${policy.name}.exempt" must be a list.`);
  if (policy.locked === true && given.length > 0) {
    throw new ConfigError(`Policy config: "${policy.name}" is locked and takes no exemptions.`);
  }
  return given.map((entry, index) =>
    readExemption(policy, entry, `${policy.name}.exempt[${index}]`, today),
  );
}

function readExemption(policy: Policy, entry: unknown, where: string, today: string): Exemption {
  const { object, code, reason, until, ...unknown } = isMap(entry) ? entry : {};
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) {
    throw new ConfigError(
      `Policy config: "${where}" has no "${stranger}", only object, code, reason and until.`,
    );
  }
  if (typeof object !== "string" || object === "" || object.includes("*")) {
    throw new ConfigError(
      `Policy config: "${where}.object" must name one object, as Kind/namespace/name.`,
    );
  }
  if (typeof reason !== "string" || reason.trim().length < 10) {
    throw new ConfigError(
      `Policy config: "${where}.reason" must say in a few words why ${object} may pass.`,
    );
  }
  if (code !== undefined && (typeof code !== "string" || policy.checks[code] === undefined)) {
    throw new ConfigError(
      `Policy config: "${where}.code" must be one of ${Object.keys(policy.checks).join(", ")}.`,
    );
  }
  if (
    typeof until !== "string" ||
    !/^\d{4}-\d{2}-\d{2}$/.test(until) ||
    Number.isNaN(Date.parse(until))
  ) {
    throw new ConfigError(`Policy config: "${where}.until" must be a day, as YYYY-MM-DD.`);
  }
  if (until < today) {
    throw new ConfigError(
      `Policy config: the exemption of ${object} from "${policy.name}" expired on ${until}.`,
    );
  }
  return { object, reason, until, ...(typeof code === "string" ? { code } : {}) };
}

/** The schema by which the engine checks a policy's part of the file before the pack sees it. */
export function configSchema(policy: Policy) {
  const properties: Record<string, object> =
    policy.locked === true ? {} : { exempt: EXEMPT_SCHEMA };
  for (const [name, setting] of Object.entries(policy.settings ?? {})) {
    properties[name] =
      setting.type === "array" ? { ...setting, items: { type: "string" } } : { ...setting };
  }
  return properties;
}
