import type { AddressInfo } from "node:net";
import type { Cache } from "../../../../local/substitutes/shlink/cache.ts";
import { loadConfig } from "../../../../local/substitutes/shlink/config.ts";
import type { Database, Row } from "../../../../local/substitutes/shlink/database.ts";
import { createShlinkServer } from "../../../../local/substitutes/shlink/server.ts";

export type Answer = (sql: string, values: unknown[]) => Row[];

export interface Running {
  url: string;
  queries: string[];
  logs: string[];
  opened: { now: number; most: number };
  stop(): Promise<void>;
}

/** Shlink's server on a database that answers as the test says. */
export async function startServer(
  answer: Answer,
  env: Record<string, string> = {},
  readCache: Cache["read"] = () => Promise.resolve(),
): Promise<Running> {
  const queries: string[] = [];
  const logs: string[] = [];
  const opened = { now: 0, most: 0 };
  const openDatabase = () => {
    opened.now += 1;
    opened.most = Math.max(opened.most, opened.now);
    const query = (sql: string, values: unknown[] = []) => {
      queries.push(sql);
      return new Promise((resolve) => setImmediate(resolve)).then(() => answer(sql, values));
    };
    return {
      query,
      transaction: (work: () => Promise<unknown>) => work(),
      close: () => Promise.resolve(void (opened.now -= 1)),
    } as unknown as Database;
  };
  const server = createShlinkServer({
    config: loadConfig({ DEFAULT_DOMAIN: "s.example", ...env }),
    locks: { hold: (_name, _ttl, work) => work() },
    cache: { read: readCache },
    logger: {
      log: (channel, level, message) => logs.push(`${channel} ${level} ${message}`),
      own: () => undefined,
    },
    openDatabase,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    queries,
    logs,
    opened,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
