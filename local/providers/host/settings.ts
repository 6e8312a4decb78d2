import { UNKNOWN, type Props, type Value } from "./values.ts";

/** Reads a value of one kind; everything that is not a string comes as JSON in a string. */
const readers = {
  string: (value: Value) => (typeof value === "string" ? value : undefined),
  integer: (value: Value) => {
    const plain = fromJson(value);
    return typeof plain === "number" && Number.isInteger(plain) ? plain : undefined;
  },
  boolean: (value: Value) => {
    const plain = fromJson(value);
    return typeof plain === "boolean" ? plain : undefined;
  },
  object: (value: Value) => {
    const plain = fromJson(value);
    return typeof plain === "object" && plain !== null ? (plain as Props) : undefined;
  },
};

type SettingKind = keyof typeof readers;
export type SettingKinds = Record<string, SettingKind>;

/** The SDK sends these beside a provider's own settings. */
const about = new Set(["version", "pluginDownloadURL"]);

/** What is wrong with a provider's settings, by setting. The values are not shown: some are secret. */
export function refuseSettings(config: Props, kinds: SettingKinds): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const [key, value] of Object.entries(config)) {
    const kind = kinds[key];
    if (about.has(key) || value === UNKNOWN) continue;
    if (kind === undefined) reasons[key] = `the local plugin does not support the setting "${key}"`;
    else if (readers[kind](value) === undefined) reasons[key] = `it must be of type ${kind}`;
  }
  return reasons;
}

/** Typed access to settings that passed. */
export class Settings {
  readonly #config: Props;
  readonly #env: NodeJS.ProcessEnv;

  constructor(config: Props, env: NodeJS.ProcessEnv) {
    this.#config = config;
    this.#env = env;
  }

  /** An empty text is one that was not given. */
  text(key: string, variable?: string): string | undefined {
    return this.#read(key, readers.string) || this.#variable(variable);
  }

  integer(key: string, variable?: string): number | undefined {
    return this.#read(key, readers.integer) ?? readers.integer(this.#variable(variable) ?? null);
  }

  boolean(key: string, variable?: string): boolean | undefined {
    return this.#read(key, readers.boolean) ?? readers.boolean(this.#variable(variable) ?? null);
  }

  object(key: string): Props | undefined {
    return this.#read(key, readers.object);
  }

  #read<T>(key: string, reader: (value: Value) => T | undefined): T | undefined {
    return reader(this.#config[key] ?? null);
  }

  #variable = (name: string | undefined) =>
    (name === undefined ? undefined : this.#env[name]) || undefined;
}

function fromJson(value: Value): Value | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return undefined;
  }
}
