import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type JsonSchema, settingsSchema } from "../../plan/schema.ts";
import { variables, whyNotExtra } from "../../platform/shlink-variables.ts";

const words = (text: string) => text.trim().split(/\s+/);

/** What Shlink's own list of variables (`EnvVars`) has in 4.6.0 and in 5.1.5. */
const inBoth = words(`
    APP_ENV DELETE_SHORT_URL_THRESHOLD DB_DRIVER DB_NAME DB_USER DB_PASSWORD DB_HOST
    DB_UNIX_SOCKET DB_PORT DB_USE_ENCRYPTION GEOLITE_LICENSE_KEY CACHE_NAMESPACE REDIS_SERVERS
    REDIS_SENTINEL_SERVICE REDIS_SERVERS_USER REDIS_SERVERS_PASSWORD REDIS_PUB_SUB_ENABLED
    MERCURE_ENABLED MERCURE_PUBLIC_HUB_URL MERCURE_INTERNAL_HUB_URL MERCURE_JWT_SECRET
    RABBITMQ_ENABLED RABBITMQ_HOST RABBITMQ_PORT RABBITMQ_USER RABBITMQ_PASSWORD RABBITMQ_VHOST
    RABBITMQ_USE_SSL MATOMO_ENABLED MATOMO_BASE_URL MATOMO_SITE_ID MATOMO_API_TOKEN
    DEFAULT_INVALID_SHORT_URL_REDIRECT DEFAULT_REGULAR_404_REDIRECT DEFAULT_BASE_URL_REDIRECT
    REDIRECT_STATUS_CODE REDIRECT_CACHE_LIFETIME REDIRECT_CACHE_VISIBILITY BASE_PATH
    SHORT_URL_TRAILING_SLASH SHORT_URL_MODE ANONYMIZE_REMOTE_ADDR TRACK_ORPHAN_VISITS
    DISABLE_TRACK_PARAM DISABLE_TRACKING DISABLE_IP_TRACKING DISABLE_REFERRER_TRACKING
    DISABLE_UA_TRACKING DISABLE_TRACKING_FROM DEFAULT_SHORT_CODES_LENGTH IS_HTTPS_ENABLED
    DEFAULT_DOMAIN AUTO_RESOLVE_TITLES REDIRECT_EXTRA_PATH_MODE MULTI_SEGMENT_SLUGS_ENABLED
    ROBOTS_ALLOW_ALL_SHORT_URLS ROBOTS_USER_AGENTS TIMEZONE MEMORY_LIMIT INITIAL_API_KEY
    SKIP_INITIAL_GEOLITE_DOWNLOAD REAL_TIME_UPDATES_TOPICS CORS_ALLOW_ORIGIN
    CORS_ALLOW_CREDENTIALS CORS_MAX_AGE TRUSTED_PROXIES LOGS_FORMAT
`);
const inOldOnly = words(`
    REDIRECT_APPEND_EXTRA_PATH DEFAULT_QR_CODE_SIZE DEFAULT_QR_CODE_MARGIN
    DEFAULT_QR_CODE_FORMAT DEFAULT_QR_CODE_ERROR_CORRECTION DEFAULT_QR_CODE_ROUND_BLOCK_SIZE
    QR_CODE_FOR_DISABLED_SHORT_URLS DEFAULT_QR_CODE_COLOR DEFAULT_QR_CODE_BG_COLOR
    DEFAULT_QR_CODE_LOGO_URL
`);
/** What RoadRunner's configuration and the entry point of the image read besides. */
const ofImage = words("WEB_WORKER_NUM TASK_WORKER_NUM ADDRESS PORT SHLINK_RUNTIME SHLINK_VERSION");

/** Every setting below a schema, by its path. */
function paths(schema: JsonSchema, path: string): string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    paths(property, `${path}.${key}`),
  );
  return [path, ...below, ...(schema.oneOf ?? []).flatMap((mode) => paths(mode, path))];
}

describe("Shlink's variables", () => {
  it("are all known, and no others", () => {
    assert.equal(inBoth.length, 67);
    assert.equal(inOldOnly.length, 10);
    assert.deepEqual(Object.keys(variables).sort(), [...inBoth, ...inOldOnly, ...ofImage].sort());
  });

  it("are each decided by a setting that there is, or by the program with a reason", () => {
    const known = paths(settingsSchema().properties?.["shlink"] ?? {}, "shlink");
    for (const [name, { setting, ours }] of Object.entries(variables)) {
      assert.equal(setting === undefined, ours !== undefined, name);
      if (setting !== undefined) assert.ok(known.includes(setting), `${name}: ${setting}`);
    }
  });

  it("of 4.6 alone are marked so", () => {
    const marked = Object.keys(variables).filter((name) => variables[name]?.only === "4.6");
    assert.deepEqual(marked.sort(), inOldOnly.sort());
  });

  it("are no business of extraEnv, and neither are secrets, libpq, PHP and the loader", () => {
    for (const name of Object.keys(variables)) {
      assert.notEqual(whyNotExtra(name), undefined, name);
      assert.notEqual(whyNotExtra(`${name}_FILE`), undefined, name);
    }
    for (const name of ["PGSSLMODE", "LD_PRELOAD", "PHP_INI_SCAN_DIR", "PATH", "SOME_API_KEY"])
      assert.notEqual(whyNotExtra(name), undefined, name);
    assert.equal(whyNotExtra("NEW_OPTION"), undefined);
  });
});
