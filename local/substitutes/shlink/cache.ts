import type { RedisClient } from "./redis-client.ts";

/**
 * Doctrine's cache. It holds nothing that a visitor asks for, but PHP asks it for one description
 * after the other in every request, and waits for each answer.
 */
export interface Cache {
  read(names: string[]): Promise<void>;
}

const metadata = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `metadata-${from + index}`);

/** What is read for any page, a 404 too. */
export const pageEntries = metadata(5);
/** What is read besides when there is somewhere to redirect to. */
export const redirectEntries = [...metadata(3, 5), "query-rules"];

export function redisCache(redis: RedisClient, namespace: string): Cache {
  return {
    async read(names) {
      for (const name of names) {
        const key = `${namespace}:${name}`;
        // A cache that fails is a miss, but only after Redis has been waited for.
        const answer = await redis.read("MGET", key).catch(() => [null]);
        if (Array.isArray(answer) && answer[0] !== null) continue;
        await redis.call("SET", key, "1").catch(() => undefined);
      }
    },
  };
}

/** Without Redis the cache is a part of the process. */
export const noCache: Cache = { read: () => Promise.resolve() };

/** Does what `orm:clear-cache:metadata` does: everything with the prefix goes, locks included. */
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
