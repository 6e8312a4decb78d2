import { Redis } from "ioredis";
import type { RedisOptions } from "ioredis";
import type { RedisMode, RedisServer } from "./redis-mode.ts";

/** Predis gives up on a master after twenty tries, one second apart. */
const patience = 20_000;

export interface RedisClient {
  ready: boolean;
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Runs a script by its hash; only where scripts can be loaded is a missing one loaded. */
  script(source: string, sha: string, key: string, ...args: string[]): Promise<unknown>;
  close(): void;
}

function serverOptions(server: RedisServer): RedisOptions {
  return {
    host: server.host,
    port: server.port,
    ...(server.username === undefined ? {} : { username: server.username }),
    ...(server.password === undefined ? {} : { password: server.password }),
    ...(server.tls ? { tls: { rejectUnauthorized: false } } : {}),
  };
}

const common: RedisOptions = {
  lazyConnect: true,
  enableReadyCheck: false,
  maxRetriesPerRequest: null,
  retryStrategy: () => 1000,
  // A demoted master answers READONLY over a healthy connection: find the new one and ask again.
  reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
};

function connectTo(mode: Exclude<RedisMode, { kind: "cluster" }>): Redis {
  if (mode.kind === "single") return new Redis({ ...common, ...serverOptions(mode.server) });
  const [sentinel] = mode.sentinels;
  return new Redis({
    ...common,
    name: mode.service,
    sentinels: mode.sentinels.map(({ host, port }) => ({ host, port })),
    ...(sentinel?.password === undefined ? {} : { sentinelPassword: sentinel.password }),
    ...(mode.username === undefined ? {} : { username: mode.username }),
    ...(mode.password === undefined ? {} : { password: mode.password }),
    sentinelRetryStrategy: () => 1000,
    failoverDetector: true,
  });
}

async function withDeadline<T>(work: Promise<T>, reason: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(reason())), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function plainClient(redis: Redis): RedisClient {
  let lastError = "no answer from Redis";
  redis.on("error", (error: Error) => (lastError = error.message));
  const call = (command: string, ...args: (string | number)[]) =>
    withDeadline(redis.call(command, ...args), () => lastError);
  return {
    get ready() {
      return redis.status === "ready";
    },
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
    close: () => redis.disconnect(),
  };
}

/**
 * Predis in cluster mode against servers that are no cluster, which is what several plain servers
 * amount to: nobody knows the slots, so no script is ever loaded anywhere.
 */
function clusterClient(servers: RedisServer[]): RedisClient {
  const options = { ...common, retryStrategy: () => null, maxRetriesPerRequest: 0 };
  const nodes = servers.map((server) => {
    const node = new Redis({ ...options, ...serverOptions(server) });
    node.on("error", () => undefined);
    return node;
  });
  const connect = async (): Promise<Redis> => {
    let reason = "";
    for (const node of nodes) {
      try {
        if (node.status !== "ready") await node.connect();
        return node;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    throw new Error(`No connections left in the pool for \`CLUSTER SLOTS\` (${reason})`);
  };
  const call = async (command: string, ...args: (string | number)[]) =>
    (await connect()).call(command, ...args);
  return {
    ready: false,
    call,
    script: (_source, sha, key, ...args) => call("EVALSHA", sha, 1, key, ...args),
    close: () => nodes.forEach((node) => node.disconnect()),
  };
}

export function createRedisClient(mode: RedisMode): RedisClient {
  return mode.kind === "cluster" ? clusterClient(mode.servers) : plainClient(connectTo(mode));
}
