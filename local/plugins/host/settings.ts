import { UNKNOWN, type Props, type Value } from "./values.ts";

export type SettingKind = "string" | "integer" | "boolean" | "object";
export type SettingKinds = Record<string, SettingKind>;

/** The SDK sends these beside a provider's own settings. */
const about = new Set(["version", "pluginDownloadURL"]);

/** What is wrong with a provider's settings, by setting. */
export function refuseSettings(config: Props, kinds: SettingKinds): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    const kind = kinds[key];
    if (about.has(key) || value === UNKNOWN) continue;
    if (kind === undefined) reasons[key] = `the local plugin does not support "${key}"`;
    else if (decoded(value, kind) === undefined) reasons[key] = `"${key}" must be of type ${kind}`;
  }
  return reasons;
}

/** Reads one setting; everything that is not a string comes as JSON in a string. */
export function setting(config: Props, key: string, kind: SettingKind): Value | undefined {
  const value = config[key];
  return value === undefined ? undefined : decoded(value, kind);
}

function decoded(value: Value, kind: SettingKind): Value | undefined {
  if (kind === "string") return typeof value === "string" ? value : undefined;
  const plain = typeof value === "string" ? parsed(value) : value;
  if (kind === "integer") return Number.isInteger(Number(plain)) ? Number(plain) : undefined;
  if (kind === "boolean") return isBoolean(plain) ? String(plain) === "true" : undefined;
  return typeof plain === "object" && plain !== null && !Array.isArray(plain) ? plain : undefined;
}

const isBoolean = (value: Value | undefined) => /^(true|false)$/.test(String(value));

function parsed(value: string): Value | undefined {
  try {
    return JSON.parse(value) as Value;
  } catch {
    return undefined;
  }
}
