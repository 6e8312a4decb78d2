import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClient } from "./redis-client.ts";

export interface Locks {
  /** Waits until nobody else holds the name, works, and gives it back. */
  hold<T>(name: string, ttlSeconds: number, work: () => Promise<T>): Promise<T>;
}

const retryDelay = 100;

const take =
  "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end return 0";
const give =
  "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

/** These locks are shared by every replica; a holder that dies keeps the name until the time to live is over. */
export function redisLocks(redis: RedisClient, namespace: string): Locks {
  return {
    async hold(name, ttlSeconds, work) {
      const key = `${namespace}:${name}`;
      const token = randomBytes(16).toString("base64");
      const ttl = String(ttlSeconds * 1000);
      while ((await redis.script(take, sha1(take), key, token, ttl)) !== 1) await sleep(retryDelay);
      try {
        return await work();
      } finally {
        await redis.script(give, sha1(give), key, token);
      }
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function tryFile(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // flock() is let go when its holder dies; so is this.
  if (!isAlive(Number(readFileSync(path, "utf8")))) rmSync(path, { force: true });
  return false;
}

/** Protects nothing beyond this container: every replica has a folder of its own. */
export function fileLocks(folder: string): Locks {
  return {
    async hold(name, _ttlSeconds, work) {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `sf.${name.replace(/[^a-z0-9._-]+/gi, "-")}.${sha1(name)}.lock`);
      while (!tryFile(path)) await sleep(retryDelay);
      try {
        return await work();
      } finally {
        rmSync(path, { force: true });
      }
    },
  };
}
