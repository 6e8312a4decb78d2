import type { Settings } from "../../settings/index.ts";

export type ShlinkOptions = Settings["shlink"];
type Value = string | number | boolean | undefined;

/** What visitors and callers see of the settings. A setting that is left out sets no variable: Shlink's default holds. */
export function optionVariables(options: ShlinkOptions): Record<string, string> {
  return given({
    BASE_PATH: options.basePath,
    DELETE_SHORT_URL_THRESHOLD: options.deletionThreshold,
    ...redirects(options.redirects),
    ...slugs(options.slugs),
    ...tracking(options.tracking),
    ROBOTS_ALLOW_ALL_SHORT_URLS: options.robots.allowAllLinks,
    ROBOTS_USER_AGENTS: options.robots.userAgents?.join(","),
    CORS_ALLOW_ORIGIN: options.cors.origins?.join(","),
    CORS_ALLOW_CREDENTIALS: options.cors.credentials,
    CORS_MAX_AGE: options.cors.maxAgeSeconds,
    ...qrCodes(options.qrCodes),
    ...matomo(options.matomo),
    ...realTimeUpdates(options.realTimeUpdates),
    ...options.extraEnv,
  });
}

/** The variables that have a value, as texts. */
const given = (variables: Record<string, Value>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, `${value}`]),
  );

const not = (value: boolean | undefined) => (value === undefined ? undefined : !value);

const redirects = (redirects: ShlinkOptions["redirects"]) => ({
  REDIRECT_STATUS_CODE: redirects.status,
  REDIRECT_CACHE_LIFETIME: redirects.cacheSeconds,
  REDIRECT_CACHE_VISIBILITY: redirects.cacheVisibility,
  REDIRECT_EXTRA_PATH_MODE: redirects.extraPath,
  DEFAULT_BASE_URL_REDIRECT: redirects.baseUrl,
  DEFAULT_REGULAR_404_REDIRECT: redirects.notFound,
  DEFAULT_INVALID_SHORT_URL_REDIRECT: redirects.invalidLink,
});

const slugs = (slugs: ShlinkOptions["slugs"]) => ({
  DEFAULT_SHORT_CODES_LENGTH: slugs.length,
  SHORT_URL_MODE: slugs.mode,
  MULTI_SEGMENT_SLUGS_ENABLED: slugs.multiSegment,
  SHORT_URL_TRAILING_SLASH: slugs.trailingSlash,
});

const tracking = ({ addresses, ...tracking }: ShlinkOptions["tracking"]) => ({
  DISABLE_TRACKING: not(tracking.visits),
  TRACK_ORPHAN_VISITS: tracking.orphanVisits,
  DISABLE_IP_TRACKING: addresses === undefined ? undefined : addresses === "none",
  ANONYMIZE_REMOTE_ADDR: addresses === undefined ? undefined : addresses !== "full",
  DISABLE_REFERRER_TRACKING: not(tracking.referrers),
  DISABLE_UA_TRACKING: not(tracking.userAgents),
  DISABLE_TRACKING_FROM: tracking.exceptFrom?.join(","),
  DISABLE_TRACK_PARAM: tracking.optOutParameter,
});

const qrCodes = (qrCodes: ShlinkOptions["qrCodes"]) => ({
  DEFAULT_QR_CODE_SIZE: qrCodes.size,
  DEFAULT_QR_CODE_MARGIN: qrCodes.margin,
  DEFAULT_QR_CODE_FORMAT: qrCodes.format,
  DEFAULT_QR_CODE_ERROR_CORRECTION: qrCodes.errorCorrection,
  DEFAULT_QR_CODE_ROUND_BLOCK_SIZE: qrCodes.roundBlockSize,
  QR_CODE_FOR_DISABLED_SHORT_URLS: qrCodes.forDisabledLinks,
  DEFAULT_QR_CODE_COLOR: qrCodes.color,
  DEFAULT_QR_CODE_BG_COLOR: qrCodes.background,
  DEFAULT_QR_CODE_LOGO_URL: qrCodes.logoUrl,
});

const matomo = (matomo: ShlinkOptions["matomo"]) =>
  matomo.mode === "none"
    ? {}
    : { MATOMO_ENABLED: true, MATOMO_BASE_URL: matomo.url, MATOMO_SITE_ID: matomo.siteId };

const realTimeUpdates = (updates: ShlinkOptions["realTimeUpdates"]) => ({
  REDIS_PUB_SUB_ENABLED: updates.redis ? true : undefined,
  ...mercure(updates.mercure),
  ...rabbitMq(updates.rabbitMq),
  REAL_TIME_UPDATES_TOPICS: updates.topics?.join(","),
});

const mercure = (mercure: ShlinkOptions["realTimeUpdates"]["mercure"]) =>
  mercure.mode === "none"
    ? {}
    : {
        MERCURE_ENABLED: true,
        MERCURE_PUBLIC_HUB_URL: mercure.publicUrl,
        MERCURE_INTERNAL_HUB_URL: mercure.internalUrl,
      };

const rabbitMq = (rabbitMq: ShlinkOptions["realTimeUpdates"]["rabbitMq"]) =>
  rabbitMq.mode === "none"
    ? {}
    : {
        RABBITMQ_ENABLED: true,
        RABBITMQ_HOST: rabbitMq.host,
        RABBITMQ_PORT: rabbitMq.port,
        RABBITMQ_USER: rabbitMq.user,
        RABBITMQ_VHOST: rabbitMq.vhost,
        RABBITMQ_USE_SSL: rabbitMq.tls,
      };
