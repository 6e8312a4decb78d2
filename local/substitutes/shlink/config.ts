import { availableParallelism } from "node:os";
import { formatValue, readVariable, splitByComma, type Env, type EnvValue } from "./env.ts";

export interface DatabaseSettings {
  driver: string;
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
}

export interface RedisSettings {
  servers: string;
  sentinelService: string | null;
  username: string | null;
  password: string | null;
}

export interface Config {
  /** The release that the image stands for. */
  version: string;
  database: DatabaseSettings;
  /** Null means file locks and a cache inside the process. */
  redis: RedisSettings | null;
  cacheNamespace: string;
  timezone: string;
  defaultDomain: string;
  scheme: "http" | "https";
  basePath: string;
  shortCodeLength: number;
  loose: boolean;
  multiSegmentSlugs: boolean;
  trailingSlash: boolean;
  extraPath: "default" | "append" | "ignore";
  redirectStatus: number;
  redirectCacheControl: string;
  notFoundRedirects: {
    baseUrl: string | null;
    invalidShortUrl: string | null;
    regular404: string | null;
  };
  deleteThreshold: number | null;
  trustedProxies: EnvValue;
  tracking: {
    anonymize: boolean;
    orphans: boolean;
    disabled: boolean;
    withoutIp: boolean;
    withoutReferrer: boolean;
    withoutUserAgent: boolean;
    disableParam: string | null;
    exceptFrom: string[];
  };
  robots: { allowAll: boolean; userAgents: string[] };
  /** Origins in lower case; or every one, or whichever asks. */
  cors: { origins: string[] | "*" | "<origin>"; credentials: boolean; maxAge: string };
  initialApiKey: string;
  skipGeoliteDownload: boolean;
  jsonLogs: boolean;
  webWorkers: number;
  address: string;
  port: number;
}

/** RoadRunner reads these from the process, without Shlink's `_FILE` and casting. */
function workerCount(env: Env, name: string): number {
  const value = env[name] ?? "0";
  if (!/^\d+$/.test(value)) {
    throw new Error(
      `${name} is "${value}"; RoadRunner wants a number of workers, or 0 for one per CPU.`,
    );
  }
  return Number(value) || availableParallelism();
}

function database(text: (name: string) => string): DatabaseSettings {
  return {
    driver: text("DB_DRIVER"),
    host: text("DB_HOST"),
    port: Number(text("DB_PORT")),
    name: text("DB_NAME"),
    user: text("DB_USER"),
    password: text("DB_PASSWORD"),
  };
}

/** The ways to look at a variable: as PHP's text, as text or nothing, as PHP's idea of true. */
class Variables {
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  value(name: string): EnvValue {
    return readVariable(this.#env, name);
  }

  text(name: string): string {
    return formatValue(this.value(name));
  }

  optional(name: string): string | null {
    return this.value(name) === null ? null : this.text(name);
  }

  flag(name: string): boolean {
    return ![null, false, 0, "", "0"].includes(this.value(name));
  }
}

function redis(vars: Variables): RedisSettings | null {
  const servers = vars.optional("REDIS_SERVERS");
  if (servers === null) return null;
  return {
    servers,
    sentinelService: vars.optional("REDIS_SENTINEL_SERVICE"),
    username: vars.optional("REDIS_SERVERS_USER"),
    password: vars.optional("REDIS_SERVERS_PASSWORD"),
  };
}

function tracking(vars: Variables): Config["tracking"] {
  return {
    anonymize: vars.flag("ANONYMIZE_REMOTE_ADDR"),
    orphans: vars.flag("TRACK_ORPHAN_VISITS"),
    disabled: vars.flag("DISABLE_TRACKING"),
    withoutIp: vars.flag("DISABLE_IP_TRACKING"),
    withoutReferrer: vars.flag("DISABLE_REFERRER_TRACKING"),
    withoutUserAgent: vars.flag("DISABLE_UA_TRACKING"),
    disableParam: vars.optional("DISABLE_TRACK_PARAM"),
    exceptFrom: splitByComma(vars.value("DISABLE_TRACKING_FROM")),
  };
}

function redirects(vars: Variables) {
  const status = vars.value("REDIRECT_STATUS_CODE");
  const lifetime = Number(vars.value("REDIRECT_CACHE_LIFETIME"));
  const visibility = vars.text("REDIRECT_CACHE_VISIBILITY") === "public" ? "public" : "private";
  return {
    redirectStatus: [301, 302, 307, 308].find((known) => known === status) ?? 302,
    redirectCacheControl: `${visibility},max-age=${lifetime > 0 ? lifetime : 30}`,
    notFoundRedirects: {
      baseUrl: vars.optional("DEFAULT_BASE_URL_REDIRECT"),
      invalidShortUrl: vars.optional("DEFAULT_INVALID_SHORT_URL_REDIRECT"),
      regular404: vars.optional("DEFAULT_REGULAR_404_REDIRECT"),
    },
  };
}

const extraPathModes = ["append", "ignore"] as const;

function cors(vars: Variables): Config["cors"] {
  const origins = vars.text("CORS_ALLOW_ORIGIN").toLowerCase();
  return {
    origins: origins === "*" || origins === "<origin>" ? origins : splitByComma(origins),
    credentials: vars.flag("CORS_ALLOW_CREDENTIALS"),
    maxAge: vars.text("CORS_MAX_AGE"),
  };
}

function shortener(vars: Variables) {
  const extraPath = vars.text("REDIRECT_EXTRA_PATH_MODE");
  const threshold = vars.value("DELETE_SHORT_URL_THRESHOLD");
  return {
    defaultDomain: vars.text("DEFAULT_DOMAIN"),
    scheme: vars.flag("IS_HTTPS_ENABLED") ? ("https" as const) : ("http" as const),
    basePath: vars.text("BASE_PATH"),
    shortCodeLength: Math.max(Number(vars.value("DEFAULT_SHORT_CODES_LENGTH")), 4),
    loose: vars.text("SHORT_URL_MODE") === "loose",
    multiSegmentSlugs: vars.flag("MULTI_SEGMENT_SLUGS_ENABLED"),
    trailingSlash: vars.flag("SHORT_URL_TRAILING_SLASH"),
    extraPath: extraPathModes.find((mode) => mode === extraPath) ?? ("default" as const),
    deleteThreshold: threshold === null ? null : Number(threshold),
  };
}

export function loadConfig(env: Env): Config {
  const vars = new Variables(env);
  workerCount(env, "TASK_WORKER_NUM");
  return {
    version: env.SHLINK_VERSION ?? "4.6.0",
    database: database((name) => vars.text(name)),
    redis: redis(vars),
    ...shortener(vars),
    ...redirects(vars),
    tracking: tracking(vars),
    cacheNamespace: vars.text("CACHE_NAMESPACE"),
    timezone: vars.text("TIMEZONE"),
    trustedProxies: vars.value("TRUSTED_PROXIES"),
    robots: {
      allowAll: vars.flag("ROBOTS_ALLOW_ALL_SHORT_URLS"),
      userAgents: splitByComma(vars.value("ROBOTS_USER_AGENTS")),
    },
    cors: cors(vars),
    initialApiKey: vars.text("INITIAL_API_KEY"),
    skipGeoliteDownload:
      vars.text("GEOLITE_LICENSE_KEY") === "" ||
      vars.text("SKIP_INITIAL_GEOLITE_DOWNLOAD") === "true",
    jsonLogs: vars.text("LOGS_FORMAT") === "json",
    webWorkers: workerCount(env, "WEB_WORKER_NUM"),
    address: env.ADDRESS ?? "0.0.0.0",
    port: Number(env.PORT ?? 8080),
  };
}
