import type { Cache } from "./cache.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import type { Locks } from "./locks.ts";

/** What one request works with. */
export interface Services {
  config: Config;
  db: Database;
  locks: Locks;
  cache: Cache;
}
