import { readFileSync, statSync } from "node:fs";

export type EnvValue = string | number | boolean | null;
export type Env = Record<string, string | undefined>;

// PHP's is_numeric, which decides what becomes an int.
const numeric = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Values are trimmed, a few words mean something and whatever looks numeric becomes an int. */
export function parseEnvVar(value: string): EnvValue {
  const trimmed = value.trim();
  switch (trimmed.toLowerCase()) {
    case "true":
    case "(true)":
      return true;
    case "false":
    case "(false)":
      return false;
    case "empty":
    case "(empty)":
      return "";
    case "null":
    case "(null)":
      return null;
    default:
      return numeric.test(trimmed) ? Math.trunc(Number(trimmed)) : trimmed;
  }
}

function readFile(path: EnvValue): EnvValue {
  if (typeof path !== "string") return null;
  try {
    if (!statSync(path).isFile()) return null;
  } catch {
    return null;
  }
  const content = readFileSync(path, "utf8");
  return content === "" || content === "0" ? null : parseEnvVar(content);
}

const own = (env: Env, name: string): EnvValue => {
  const value = env[name];
  return value === undefined ? null : parseEnvVar(value);
};

const defaults: Record<string, EnvValue> = {
  APP_ENV: "prod",
  MEMORY_LIMIT: "512M",
  TIMEZONE: "UTC",
  DEFAULT_SHORT_CODES_LENGTH: 5,
  SHORT_URL_MODE: "strict",
  IS_HTTPS_ENABLED: true,
  AUTO_RESOLVE_TITLES: true,
  MULTI_SEGMENT_SLUGS_ENABLED: false,
  SHORT_URL_TRAILING_SLASH: false,
  DEFAULT_DOMAIN: "",
  BASE_PATH: "",
  CACHE_NAMESPACE: "Shlink",
  REDIS_PUB_SUB_ENABLED: false,
  ROBOTS_ALLOW_ALL_SHORT_URLS: false,
  DB_NAME: "shlink",
  DB_DRIVER: "sqlite",
  DB_USE_ENCRYPTION: false,
  REDIRECT_STATUS_CODE: 302,
  REDIRECT_CACHE_LIFETIME: 30,
  ANONYMIZE_REMOTE_ADDR: true,
  TRACK_ORPHAN_VISITS: true,
  DISABLE_TRACKING: false,
  DISABLE_IP_TRACKING: false,
  DISABLE_REFERRER_TRACKING: false,
  DISABLE_UA_TRACKING: false,
  CORS_ALLOW_ORIGIN: "*",
  CORS_ALLOW_CREDENTIALS: false,
  CORS_MAX_AGE: 3600,
  REDIRECT_EXTRA_PATH_MODE: "default",
  LOGS_FORMAT: "console",
};

const withoutDefault = [
  "DB_USER",
  "DB_PASSWORD",
  "DB_HOST",
  "DB_PORT",
  "DB_UNIX_SOCKET",
  "GEOLITE_LICENSE_KEY",
  "SKIP_INITIAL_GEOLITE_DOWNLOAD",
  "INITIAL_API_KEY",
  "REDIS_SERVERS",
  "REDIS_SENTINEL_SERVICE",
  "REDIS_SERVERS_USER",
  "REDIS_SERVERS_PASSWORD",
  "DEFAULT_INVALID_SHORT_URL_REDIRECT",
  "DEFAULT_REGULAR_404_REDIRECT",
  "DEFAULT_BASE_URL_REDIRECT",
  "DELETE_SHORT_URL_THRESHOLD",
  "DISABLE_TRACK_PARAM",
  "DISABLE_TRACKING_FROM",
  "REDIRECT_CACHE_VISIBILITY",
  "ROBOTS_USER_AGENTS",
  "TRUSTED_PROXIES",
];

export const knownVariables: ReadonlySet<string> = new Set([
  ...Object.keys(defaults),
  ...withoutDefault,
]);

function defaultOf(env: Env, name: string): EnvValue {
  if (name === "DB_HOST") return readVariable(env, "DB_UNIX_SOCKET");
  if (name === "DB_PORT") return readVariable(env, "DB_DRIVER") === "postgres" ? "5432" : "3306";
  return defaults[name] ?? null;
}

/** The variable itself, else the file its `_FILE` twin names, else the default. */
export function readVariable(env: Env, name: string): EnvValue {
  return own(env, name) ?? readFile(own(env, `${name}_FILE`)) ?? defaultOf(env, name);
}

/** Writes a value as `env-var:read` prints it and as the entry point tests it. */
export function formatValue(value: EnvValue): string {
  return value === null ? "" : String(value);
}

export function splitByComma(value: EnvValue): string[] {
  if (value === null || value === "") return [];
  return String(value)
    .split(",")
    .map((part) => part.trim());
}
