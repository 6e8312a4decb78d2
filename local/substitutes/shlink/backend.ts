import { join } from "node:path";
import { noCache, redisCache, type Cache } from "./cache.ts";
import { loadConfig, type Config } from "./config.ts";
import { Database } from "./database.ts";
import type { Env } from "./env.ts";
import { fileLocks, redisLocks, type Locks } from "./locks.ts";
import { createRedisClient, type RedisClient } from "./redis-client.ts";
import { redisMode } from "./redis-mode.ts";

/** Everything outside the process that Shlink works with. */
export interface Backend {
  redis: RedisClient | null;
  locks: Locks;
  cache: Cache;
  openDatabase: () => Database;
}

const requestsPerWorker = 250;

/**
 * RoadRunner replaces a worker after 250 requests, and only a new one reads a rotated password
 * file. Until then every connection fails.
 */
export function databaseOpener(config: Config, env: Env): () => Database {
  let settings = config.database;
  let opened = 0;
  return () => {
    opened += 1;
    if (opened % (requestsPerWorker * config.webWorkers) === 0) settings = loadConfig(env).database;
    return new Database(settings, env);
  };
}

export function createBackend(config: Config, env: Env, home: string): Backend {
  const redis = config.redis === null ? null : createRedisClient(redisMode(config.redis));
  const { cacheNamespace } = config;
  return {
    redis,
    locks: redis === null ? fileLocks(join(home, "data/locks")) : redisLocks(redis, cacheNamespace),
    cache: redis === null ? noCache : redisCache(redis, cacheNamespace),
    openDatabase: databaseOpener(config, env),
  };
}
