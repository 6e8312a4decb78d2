import { images } from "./images.ts";

/** The image of each version of Shlink that a stack can choose. */
export const shlinkImages = { "4.6": images.shlink, "5.1": images["shlink-5.1"] } as const;

export type ShlinkVersion = keyof typeof shlinkImages;

/** The settings below `shlink` that decide a variable, or why no setting does. */
interface Variable {
  /** Path of the setting that decides it. */
  setting?: string;
  /** Why the program decides it. */
  ours?: string;
  /** The only version that knows it; absent: both do. */
  only?: ShlinkVersion;
}

const set = (setting: string, only?: ShlinkVersion): Variable => ({
  setting: `shlink.${setting}`,
  ...(only === undefined ? {} : { only }),
});
const ours = (why: string): Variable => ({ ours: why });

const database = ours("it follows from the database that the stack has");
const redis = ours("it follows from the Redis that the stack has");
const image = ours("it belongs to the image and its probes");
const workers = ours("it follows from shlink.memory and shlink.workerMemory");

/** Every variable of Shlink 4.6.0 and 5.1.5 (`EnvVars`), and those of RoadRunner's configuration and the image. */
export const variables: Readonly<Record<string, Variable>> = {
  APP_ENV: ours("anything but prod turns Shlink's caches off"),
  DB_DRIVER: database,
  DB_NAME: database,
  DB_USER: database,
  DB_PASSWORD: database,
  DB_HOST: database,
  DB_UNIX_SOCKET: database,
  DB_PORT: database,
  DB_USE_ENCRYPTION: ours("PostgreSQL's driver never sees it; PGSSLMODE is what counts"),
  CACHE_NAMESPACE: redis,
  REDIS_SERVERS: redis,
  REDIS_SENTINEL_SERVICE: redis,
  REDIS_SERVERS_USER: redis,
  REDIS_SERVERS_PASSWORD: redis,
  IS_HTTPS_ENABLED: ours("it follows from routing.tls"),
  DEFAULT_DOMAIN: ours("it is the first of routing.hosts"),
  TRUSTED_PROXIES: ours("the gateway tells the visitor's address; routing.trustedProxies is its"),
  LOGS_FORMAT: ours("logs are JSON, which collectors read"),
  INITIAL_API_KEY: ours("the program makes the first key, in Vault"),
  SKIP_INITIAL_GEOLITE_DOWNLOAD: ours("a start must not wait for a download"),
  MEMORY_LIMIT: set("workerMemory"),
  WEB_WORKER_NUM: workers,
  TASK_WORKER_NUM: workers,
  SHLINK_RUNTIME: image,
  SHLINK_VERSION: image,
  ADDRESS: image,
  PORT: image,
  TIMEZONE: set("timezone"),
  BASE_PATH: set("basePath"),
  AUTO_RESOLVE_TITLES: set("resolveTitles"),
  DELETE_SHORT_URL_THRESHOLD: set("deletionThreshold"),
  REDIRECT_STATUS_CODE: set("redirects.status"),
  REDIRECT_CACHE_LIFETIME: set("redirects.cacheSeconds"),
  REDIRECT_CACHE_VISIBILITY: set("redirects.cacheVisibility"),
  REDIRECT_EXTRA_PATH_MODE: set("redirects.extraPath"),
  REDIRECT_APPEND_EXTRA_PATH: set("redirects.extraPath", "4.6"),
  DEFAULT_BASE_URL_REDIRECT: set("redirects.baseUrl"),
  DEFAULT_REGULAR_404_REDIRECT: set("redirects.notFound"),
  DEFAULT_INVALID_SHORT_URL_REDIRECT: set("redirects.invalidLink"),
  DEFAULT_SHORT_CODES_LENGTH: set("slugs.length"),
  SHORT_URL_MODE: set("slugs.mode"),
  MULTI_SEGMENT_SLUGS_ENABLED: set("slugs.multiSegment"),
  SHORT_URL_TRAILING_SLASH: set("slugs.trailingSlash"),
  DISABLE_TRACKING: set("tracking.visits"),
  TRACK_ORPHAN_VISITS: set("tracking.orphanVisits"),
  ANONYMIZE_REMOTE_ADDR: set("tracking.addresses"),
  DISABLE_IP_TRACKING: set("tracking.addresses"),
  DISABLE_REFERRER_TRACKING: set("tracking.referrers"),
  DISABLE_UA_TRACKING: set("tracking.userAgents"),
  DISABLE_TRACKING_FROM: set("tracking.exceptFrom"),
  DISABLE_TRACK_PARAM: set("tracking.optOutParameter"),
  ROBOTS_ALLOW_ALL_SHORT_URLS: set("robots.allowAllLinks"),
  ROBOTS_USER_AGENTS: set("robots.userAgents"),
  CORS_ALLOW_ORIGIN: set("cors.origins"),
  CORS_ALLOW_CREDENTIALS: set("cors.credentials"),
  CORS_MAX_AGE: set("cors.maxAgeSeconds"),
  DEFAULT_QR_CODE_SIZE: set("qrCodes.size", "4.6"),
  DEFAULT_QR_CODE_MARGIN: set("qrCodes.margin", "4.6"),
  DEFAULT_QR_CODE_FORMAT: set("qrCodes.format", "4.6"),
  DEFAULT_QR_CODE_ERROR_CORRECTION: set("qrCodes.errorCorrection", "4.6"),
  DEFAULT_QR_CODE_ROUND_BLOCK_SIZE: set("qrCodes.roundBlockSize", "4.6"),
  QR_CODE_FOR_DISABLED_SHORT_URLS: set("qrCodes.forDisabledLinks", "4.6"),
  DEFAULT_QR_CODE_COLOR: set("qrCodes.color", "4.6"),
  DEFAULT_QR_CODE_BG_COLOR: set("qrCodes.background", "4.6"),
  DEFAULT_QR_CODE_LOGO_URL: set("qrCodes.logoUrl", "4.6"),
  GEOLITE_LICENSE_KEY: set("geolite.mode"),
  MATOMO_ENABLED: set("matomo.mode"),
  MATOMO_BASE_URL: set("matomo.url"),
  MATOMO_SITE_ID: set("matomo.siteId"),
  MATOMO_API_TOKEN: set("matomo.mode"),
  REDIS_PUB_SUB_ENABLED: set("realTimeUpdates.redis"),
  MERCURE_ENABLED: set("realTimeUpdates.mercure.mode"),
  MERCURE_PUBLIC_HUB_URL: set("realTimeUpdates.mercure.publicUrl"),
  MERCURE_INTERNAL_HUB_URL: set("realTimeUpdates.mercure.internalUrl"),
  MERCURE_JWT_SECRET: set("realTimeUpdates.mercure.mode"),
  RABBITMQ_ENABLED: set("realTimeUpdates.rabbitMq.mode"),
  RABBITMQ_HOST: set("realTimeUpdates.rabbitMq.host"),
  RABBITMQ_PORT: set("realTimeUpdates.rabbitMq.port"),
  RABBITMQ_USER: set("realTimeUpdates.rabbitMq.user"),
  RABBITMQ_PASSWORD: set("realTimeUpdates.rabbitMq.mode"),
  RABBITMQ_VHOST: set("realTimeUpdates.rabbitMq.vhost"),
  RABBITMQ_USE_SSL: set("realTimeUpdates.rabbitMq.tls"),
  REAL_TIME_UPDATES_TOPICS: set("realTimeUpdates.topics"),
};

const secretName = /PASSWORD|PASSWD|SECRET|TOKEN|KEY|CREDENTIAL/;
/** Variables of the loader, PHP, libpq and the shell, by which a pod would run or trust something else. */
const foreign =
  /^(PG|PHP|LD_|RR_|COMPOSER_|SHLINK_)|^(PATH|HOME|TMPDIR|SHELL_VERBOSITY|LC_ALL|TZ|ENV)$/;

/** Says why a variable is no business of `shlink.extraEnv`; undefined: nothing speaks against it. */
export function whyNotExtra(name: string): string | undefined {
  const { setting, ours: why } = variables[name.replace(/_FILE$/, "")] ?? {};
  if (setting !== undefined) return `${name} is the setting ${setting}`;
  if (why !== undefined) return `${name} is the program's: ${why}`;
  if (foreign.test(name))
    return `${name} is the program's: it changes what runs, not what Shlink does`;
  if (secretName.test(name))
    return `${name} looks like a secret, which must not stand in a stack file`;
  return undefined;
}
