import { setTimeout as sleep } from "node:timers/promises";
import { connection, type Call } from "./redis-connection.ts";
import type { RedisMode, RedisServer } from "./redis-mode.ts";
import { sentinelClient } from "./redis-sentinel.ts";

export interface RedisClient {
  /** Asks a server for something that a replica can answer. */
  read: Call;
  /** Asks the master. */
  call: Call;
  /** Runs a script by its hash; only where scripts can be loaded is a missing one loaded. */
  script(source: string, sha: string, key: string, ...args: string[]): Promise<unknown>;
}

function withScripts(read: Call, call: Call): RedisClient {
  return {
    read,
    call,
    async script(source, sha, key, ...args) {
      try {
        return await call("EVALSHA", sha, 1, key, ...args);
      } catch (error) {
        if (!(error as Error).message.startsWith("NOSCRIPT")) throw error;
      }
      await call("SCRIPT", "LOAD", source);
      return call("EVALSHA", sha, 1, key, ...args);
    },
  };
}

/**
 * Acts as Predis in cluster mode against servers that are no cluster, which is what several plain
 * servers amount to: nobody knows the slots, so no script is ever loaded anywhere.
 */
function clusterClient(servers: RedisServer[]): RedisClient {
  const call = connection(
    servers,
    (reason) => `No connections left in the pool for \`CLUSTER SLOTS\` (${reason})`,
  );
  const script: RedisClient["script"] = (_, sha, key, ...args) =>
    call("EVALSHA", sha, 1, key, ...args);
  return { read: call, call, script };
}

export function createRedisClient(
  mode: RedisMode,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): RedisClient {
  if (mode.kind === "cluster") return clusterClient(mode.servers);
  if (mode.kind === "single") {
    const call = connection([mode.server]);
    return withScripts(call, call);
  }
  const { read, call } = sentinelClient(mode, wait);
  return withScripts(read, call);
}
