import pg from "pg";
import type { DatabaseSettings } from "./config.ts";
import type { Env } from "./env.ts";
import { tlsAttempts } from "./libpq.ts";

export type Row = Record<string, unknown>;

/** One connection, opened by the first query, as each request of a PHP worker has. */
export class Database {
  readonly #settings: DatabaseSettings;
  readonly #env: Env;
  #client: Promise<pg.Client> | null = null;

  constructor(settings: DatabaseSettings, env: Env) {
    this.#settings = settings;
    this.#env = env;
  }

  async #connect(): Promise<pg.Client> {
    const { host, port, name, user, password, driver } = this.#settings;
    if (driver !== "postgres") {
      throw new Error(`DB_DRIVER is "${driver}"; this stand-in knows postgres only.`);
    }
    let failure: unknown;
    for (const ssl of tlsAttempts(this.#env, host)) {
      const client = new pg.Client({
        host,
        port,
        user,
        password,
        // Without a name libpq takes the user's.
        database: name === "" ? user : name,
        ssl,
        connectionTimeoutMillis: 10_000,
      });
      client.on("error", () => undefined);
      try {
        await client.connect();
        return client;
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  async query(sql: string, values: unknown[] = []): Promise<Row[]> {
    this.#client ??= this.#connect();
    const result = await (await this.#client).query<Row>(sql, [...values]);
    return result.rows;
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.query("BEGIN");
    try {
      const result = await work();
      await this.query("COMMIT");
      return result;
    } catch (error) {
      await this.query("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** A second connection without database name, which is how a missing one is created. */
  withoutName(): Database {
    return new Database({ ...this.#settings, name: "" }, this.#env);
  }

  get name(): string {
    return this.#settings.name;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (client !== null) {
      await client.then((open) => open.end()).catch(() => undefined);
    }
  }
}
