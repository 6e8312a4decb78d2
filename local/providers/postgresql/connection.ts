import type { Client } from "pg";
import type { PostgresConfig } from "./config.ts";

export type Query = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Opens a connection for each operation and closes it: a database that is in use cannot be dropped. */
export class Postgres {
  readonly config: PostgresConfig;
  readonly #cancelled: AbortSignal;
  #major: number | undefined;

  constructor(config: PostgresConfig, cancelled: AbortSignal) {
    this.config = config;
    this.#cancelled = cancelled;
    this.#major = config.expectedMajor;
  }

  /** Works on a database inside one transaction, which an error undoes. */
  async transaction<T>(database: string, work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#connect(database);
    const abort = () => void client.end();
    this.#cancelled.addEventListener("abort", abort, { once: true });
    const query: Query = async (sql, values) => {
      const { rows } = await client.query<Record<string, unknown>>(sql, values);
      return rows;
    };
    try {
      await client.query("BEGIN");
      const result = await work(query);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      throw this.#cancelled.aborted ? this.#cancelled.reason : error;
    } finally {
      this.#cancelled.removeEventListener("abort", abort);
      await client.end().catch(() => undefined);
    }
  }

  /** The server's major version, asked for once. */
  async major(query: Query): Promise<number> {
    if (this.#major === undefined) {
      const [row] = await query("SHOW server_version_num");
      this.#major = Math.floor(Number(row?.["server_version_num"]) / 10_000);
    }
    return this.#major;
  }

  async #connect(database: string): Promise<Client> {
    this.#cancelled.throwIfAborted();
    const { host, port, user, password, connectTimeoutSeconds } = this.config;
    try {
      const { default: pg } = await import("pg");
      const client = new pg.Client({
        host,
        port,
        user,
        password,
        database,
        ssl: this.config.ssl(),
        connectionTimeoutMillis: connectTimeoutSeconds * 1_000,
        fallback_application_name: "Terraform provider",
      });
      // A connection that breaks later fails the query that is under way.
      client.on("error", () => undefined);
      await client.connect();
      return client;
    } catch (error) {
      const reason = inGoWords(error, `${host}:${port}`);
      const hidden = password === "" ? reason : reason.replaceAll(password, "XXXX");
      throw new Error(
        `error connecting to PostgreSQL server ${host} (scheme: postgres): ${hidden}`,
      );
    }
  }
}

/** The words of the real provider's driver, so that a search for a message finds its cause. */
export function inGoWords(error: unknown, address: string): string {
  // A name with several addresses fails once for each.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!(first instanceof Error)) return String(first);
  const { code } = first as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return `dial tcp ${address}: connect: connection refused`;
  if (code === "ENOTFOUND") return `dial tcp: lookup ${address.split(":")[0]}: no such host`;
  if (/timeout expired|timed out/.test(first.message)) return `dial tcp ${address}: i/o timeout`;
  if (/does not support SSL/.test(first.message)) return "pq: SSL is not enabled on the server";
  if (/terminated unexpectedly/.test(first.message)) return "EOF";
  if (isFromServer(first)) return `pq: ${first.message}`;
  return /certificate|signed|altname|verify/i.test(first.message)
    ? `tls: failed to verify certificate: ${first.message}`
    : first.message;
}

/** Such errors carry the severity that the server gave them. */
const isFromServer = (error: Error) => "severity" in error;
