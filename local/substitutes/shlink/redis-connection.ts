import { Redis } from "ioredis";
import type { RedisServer } from "./redis-mode.ts";

export type Call = (command: string, ...args: (string | number)[]) => Promise<unknown>;

/** Opens one connection, as Predis does: nothing is tried again and nothing is kept for later. */
export async function connect(server: RedisServer): Promise<Redis> {
  const redis = new Redis({
    host: server.host,
    port: server.port,
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: 5000,
    ...(server.tls ? { tls: { rejectUnauthorized: false } } : {}),
  });
  let reason: Error | undefined;
  redis.on("error", (error: Error) => (reason = error));
  try {
    await redis.connect();
    if (server.password !== undefined) await login(redis, server);
  } catch (error) {
    redis.disconnect();
    throw reason ?? error;
  }
  return redis;
}

async function login(redis: Redis, { username, password = "" }: RedisServer): Promise<void> {
  const credentials = username === undefined ? [password] : [username, password];
  await redis.call("AUTH", ...credentials).catch((error: Error) => {
    throw new Error(`AUTH failed: ${error.message}`);
  });
}

/** Keeps one connection to the first of these servers that can be reached. */
export function connection(servers: RedisServer[], failure = (reason: string) => reason): Call {
  let open: Redis | undefined;
  const connected = async (): Promise<Redis> => {
    if (open?.status === "ready") return open;
    let reason = "";
    for (const server of servers) {
      try {
        return (open = await connect(server));
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    throw new Error(failure(reason));
  };
  return async (command, ...args) => (await connected()).call(command, ...args);
}
