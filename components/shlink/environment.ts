import type { SentinelConnection } from "../cache/index.ts";
import type { DatabaseConnection } from "../database/index.ts";

export interface EnvironmentArgs {
  database: DatabaseConnection;
  cache: SentinelConnection;
  /** Domain of new links that name none. */
  defaultDomain: string;
  /** Whether links begin with https. */
  https: boolean;
  /** Memory limit of the pod, in Mi or Gi. */
  memory: string;
  timezone: string;
  /** Proxies between the client and Shlink that append to X-Forwarded-For. */
  trustedProxies: number;
}

export const secretsPath = "/run/secrets/shlink";
export const authorityPath = "/run/config/postgres/ca.crt";

/** Shlink's environment without a secret in it: those are files, which Shlink reads through `*_FILE`. */
export function environment(args: EnvironmentArgs): Record<string, string> {
  const { database, defaultDomain, https, memory, timezone, trustedProxies } = args;
  const workers = workersFor(memory);
  return {
    DEFAULT_DOMAIN: defaultDomain,
    IS_HTTPS_ENABLED: `${https}`,
    TIMEZONE: timezone,
    // Without it Shlink takes the sidecar for the visitor.
    TRUSTED_PROXIES: `${trustedProxies}`,
    LOGS_FORMAT: "json",
    SKIP_INITIAL_GEOLITE_DOWNLOAD: "true",
    ...databaseEnvironment(database),
    ...redisEnvironment(args.cache),
    WEB_WORKER_NUM: `${workers.web}`,
    TASK_WORKER_NUM: `${workers.task}`,
    MEMORY_LIMIT: `${workers.memoryMiB}M`,
  };
}

function databaseEnvironment({
  host,
  port,
  database,
  user,
}: DatabaseConnection): Record<string, string> {
  return {
    DB_DRIVER: "postgres",
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_NAME: database,
    DB_USER: user,
    DB_PASSWORD_FILE: `${secretsPath}/db-password`,
    // Shlink's own DB_USE_ENCRYPTION never reaches the driver; libpq reads these.
    PGSSLMODE: "verify-full",
    PGSSLROOTCERT: authorityPath,
  };
}

/**
 * One address switches Shlink's Sentinel mode off, silently; several turn it on. There is one Service for
 * all sentinels, so it stands here three times: a lost connection goes on to the next entry.
 */
export function redisEnvironment({
  sentinels,
  master,
}: SentinelConnection): Record<string, string> {
  return {
    REDIS_SERVERS: Array.from({ length: 3 }, () => `tcp://${sentinels}`).join(","),
    REDIS_SENTINEL_SERVICE: master,
    REDIS_SERVERS_PASSWORD_FILE: `${secretsPath}/redis-password`,
    CACHE_NAMESPACE: "shlink",
  };
}

/** Memory that PHP may use in one worker, and what RoadRunner needs beside the workers. */
const workerMiB = 96;
const serverMiB = 128;

/**
 * As many PHP workers as the memory limit holds, two thirds of them for requests. Shlink's own default is
 * one for each CPU of the node with 512 MiB each, which a pod's limit does not survive.
 */
export function workersFor(memory: string): { web: number; task: number; memoryMiB: number } {
  const amount = Number.parseInt(memory, 10);
  const limit = memory.endsWith("Gi") ? amount * 1024 : amount;
  const total = Math.max(2, Math.floor((limit - serverMiB) / workerMiB));
  const task = Math.max(1, Math.floor(total / 3));
  return { web: total - task, task, memoryMiB: workerMiB };
}
