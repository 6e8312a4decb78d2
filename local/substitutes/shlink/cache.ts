import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClient } from "./redis-client.ts";

/** Never fails and never holds a request up: what Redis cannot answer at once is a miss. */
export interface Cache {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  remove(key: string): Promise<void>;
}

const longest = 500;

export function redisCache(redis: RedisClient, namespace: string): Cache {
  const attempt = async (command: string, ...args: (string | number)[]) => {
    if (!redis.ready) {
      // The first call of a lazy connection; its answer is for the next request.
      redis.call("PING").catch(() => undefined);
      return null;
    }
    const answer = redis.call(command, ...args).catch(() => null);
    return Promise.race([answer, sleep(longest, null, { ref: false })]);
  };
  return {
    async get(key) {
      const text = await attempt("GET", `${namespace}:${key}`);
      return typeof text === "string" ? (JSON.parse(text) as unknown) : null;
    },
    async set(key, value, ttlSeconds) {
      await attempt("SET", `${namespace}:${key}`, JSON.stringify(value), "EX", ttlSeconds);
    },
    async remove(key) {
      await attempt("DEL", `${namespace}:${key}`);
    },
  };
}

/** Without Redis nothing outlives a request that another replica could not contradict. */
export const noCache: Cache = {
  get: () => Promise.resolve(null),
  set: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

/** What `orm:clear-cache:metadata` does: everything with the prefix goes, locks included. */
export async function clearCache(redis: RedisClient, namespace: string): Promise<void> {
  await redis.call("INFO", "Server");
  let cursor = "0";
  do {
    const answer = await redis
      .call("SCAN", cursor, "MATCH", `${namespace}:*`, "COUNT", 1000)
      .catch((error: unknown) => {
        // Shlink's client returns errors as objects here, and PHP dies using one as an array.
        const reason = "Cannot use object of type Predis\\Response\\Error as array";
        throw new Error(`${reason} (${(error as Error).message})`);
      });
    const [next, keys] = answer as [string, string[]];
    if (keys.length > 0) await redis.call("DEL", ...keys);
    cursor = next;
  } while (cursor !== "0");
}
