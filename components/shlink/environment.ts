import * as pulumi from "@pulumi/pulumi";
import type { RedisConnection } from "../redis/connection.ts";
import type { DatabaseConnection } from "../database/credentials.ts";
import { type BroughtName, broughtSecrets } from "../../platform/brought-secrets.ts";
import type { Secrets } from "../../settings/load.ts";
import { workersFor } from "../../platform/workers.ts";
import { optionVariables, type ShlinkOptions } from "./options.ts";

type Brought = Pick<Secrets, BroughtName>;

export interface EnvironmentArgs extends ShlinkOptions {
  /** Secrets that services have given out; absent ones are not needed. */
  brought: Brought;
  database: DatabaseConnection;
  redis: RedisConnection;
  /** Domain of new links that name none. */
  defaultDomain: string;
  /** Whether links begin with https. */
  https: boolean;
}

/** Variables of a container. */
export type Environment = Record<string, pulumi.Input<string>>;

export const secretsPath = "/run/secrets/shlink";
/** The file exists only where the database's user changes with its password: a pod that starts has both of the same time. */
export const userFile = "db-user";
/** The file with the addresses of Redis and the password in them. */
export const serversFile = "redis-servers";
export const authorityPath = "/run/config/postgres/ca.crt";

/** Shlink's environment without a secret in it: those are files, which Shlink reads through `*_FILE`. */
export function environment(args: EnvironmentArgs): Environment {
  const { database, defaultDomain, https, timezone, resolveTitles } = args;
  const workers = workersFor(args.memory, args.workerMemory);
  return {
    DEFAULT_DOMAIN: defaultDomain,
    IS_HTTPS_ENABLED: `${https}`,
    TIMEZONE: timezone,
    // The sidecar alone, which Shlink otherwise takes for the visitor: the gateway gives one address only.
    TRUSTED_PROXIES: "1",
    AUTO_RESOLVE_TITLES: `${resolveTitles}`,
    LOGS_FORMAT: "json",
    SKIP_INITIAL_GEOLITE_DOWNLOAD: "true",
    ...databaseEnvironment(database),
    ...redisEnvironment(args.redis),
    WEB_WORKER_NUM: `${workers.web}`,
    TASK_WORKER_NUM: `${workers.task}`,
    MEMORY_LIMIT: `${workers.memoryMiB}M`,
    ...optionVariables(args),
    ...broughtFiles(args.brought),
  };
}

const broughtFiles = (brought: Brought): Record<string, string> =>
  Object.fromEntries(
    namesOf(brought).map((name) => {
      const { variable, file } = broughtSecrets[name];
      return [`${variable}_FILE`, `${secretsPath}/${file}`];
    }),
  );

/** The names of the secrets that there are, each of which has its file. */
export const namesOf = (brought: Brought) => Object.keys(brought) as BroughtName[];

function databaseEnvironment({
  host,
  port,
  database,
  user,
  authority,
}: DatabaseConnection): Environment {
  return {
    DB_DRIVER: "postgres",
    DB_HOST: host,
    DB_PORT: `${port}`,
    DB_NAME: database,
    ...(user === undefined ? { DB_USER_FILE: `${secretsPath}/${userFile}` } : { DB_USER: user }),
    DB_PASSWORD_FILE: `${secretsPath}/db-password`,
    // Shlink's own DB_USE_ENCRYPTION never reaches the driver; libpq reads these.
    ...(authority === undefined
      ? { PGSSLMODE: "disable" }
      : { PGSSLMODE: "verify-full", PGSSLROOTCERT: authorityPath }),
  };
}

/** Shlink takes the password of servers without sentinels in their addresses only, so that the addresses are a file. */
function redisEnvironment(redis: RedisConnection): Environment {
  const cache = { CACHE_NAMESPACE: "shlink" };
  if (redis.mode === "addresses")
    return { REDIS_SERVERS_FILE: `${secretsPath}/${serversFile}`, ...cache };
  const { sentinels, master, user } = redis;
  return {
    REDIS_SERVERS: pulumi.output(sentinels).apply(servers),
    REDIS_SENTINEL_SERVICE: master,
    ...(user === undefined ? {} : { REDIS_SERVERS_USER: user }),
    REDIS_SERVERS_PASSWORD_FILE: `${secretsPath}/redis-password`,
    ...cache,
  };
}

const servers = (sentinels: string[]) =>
  several(sentinels.map((sentinel) => `tcp://${sentinel}`)).join(",");

/**
 * One address switches Shlink's Sentinel mode off, silently; several turn it on. Where there is one Service for
 * all sentinels it stands there three times: a lost connection goes on to the next entry.
 */
const several = (addresses: string[]) =>
  addresses.length === 1 ? Array.from({ length: 3 }, () => addresses.join("")) : addresses;
