import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { scramVerifier } from "../../../../local/substitutes/pgo/scram.ts";
import { databasesSql, usersSql } from "../../../../local/substitutes/pgo/sql.ts";
import { newAuthority } from "../../../support/certificates.ts";
import { freePort, PostgresInstance } from "./postgres.ts";
import { RedisSet } from "./redis.ts";

export const apiKey = "an-initial-key";

const program = join(import.meta.dirname, "../../../../local/substitutes/shlink/main.ts");
const password = "Secret0123456789abc";

export type Env = Record<string, string>;

function run(args: string[], env: Env): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Shlink as its image runs it, with PostgreSQL, Redis and a sentinel of its own. */
export class ShlinkInstance {
  readonly folder: string;
  readonly postgres: PostgresInstance;
  readonly redis: RedisSet;
  readonly env: Env;
  log = "";
  #server: ChildProcess | undefined;
  #url = "";

  private constructor(folder: string, postgres: PostgresInstance, redis: RedisSet) {
    this.folder = folder;
    this.postgres = postgres;
    this.redis = redis;
    const sentinel = `tcp://127.0.0.1:${redis.sentinelPort}`;
    this.env = {
      SHLINK_HOME: join(folder, "home"),
      DB_DRIVER: "postgres",
      DB_HOST: "localhost",
      DB_PORT: String(postgres.port),
      DB_NAME: "shlink",
      DB_USER: "shlink",
      DB_PASSWORD_FILE: join(folder, "db-password"),
      INITIAL_API_KEY_FILE: join(folder, "api-key"),
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: join(folder, "ca.crt"),
      REDIS_SERVERS: [sentinel, sentinel, sentinel].join(","),
      REDIS_SENTINEL_SERVICE: "mymaster",
      REDIS_SERVERS_PASSWORD: redis.password,
      DEFAULT_DOMAIN: "s.example",
      LOGS_FORMAT: "json",
      WEB_WORKER_NUM: "4",
      ANONYMIZE_REMOTE_ADDR: "false",
      TRUSTED_PROXIES: "1",
    };
  }

  static async create(): Promise<ShlinkInstance> {
    const folder = mkdtempSync(join(tmpdir(), "shlink-integration-"));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "db"));
    const root = await newAuthority();
    const port = await freePort();
    const place = { folder: join(folder, "db"), port, root };
    const postgres = new PostgresInstance(place);
    await postgres.start();
    postgres.sql(databasesSql(["shlink"]));
    const users = [{ name: "shlink", databases: ["shlink"] }];
    postgres.sql(usersSql(users, new Map([["shlink", scramVerifier(password)]]), false));
    writeFileSync(join(folder, "ca.crt"), root.certificate);
    writeFileSync(join(folder, "db-password"), `${password}\n`);
    writeFileSync(join(folder, "api-key"), apiKey);
    return new ShlinkInstance(folder, postgres, await RedisSet.start(join(folder, "redis")));
  }

  /** Also grants what the program grants, and makes the tables. */
  static async prepared(): Promise<ShlinkInstance> {
    const shlink = await ShlinkInstance.create();
    shlink.grant();
    const { code, text } = await shlink.init();
    if (code !== 0) throw new Error(text);
    return shlink;
  }

  async remove(): Promise<void> {
    this.#server?.kill("SIGKILL");
    await this.redis.stop();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true });
  }

  async outcome(args: string[], changes: Env = {}) {
    const child = run(args, { ...this.env, ...changes });
    let text = "";
    child.stdout?.on("data", (data: Buffer) => (text += data.toString()));
    child.stderr?.on("data", (data: Buffer) => (text += data.toString()));
    const [code] = (await once(child, "close")) as [number];
    return { code, text };
  }

  init(changes: Env = {}) {
    return this.outcome(["docker-entrypoint.sh"], { SHLINK_RUNTIME: "init", ...changes });
  }

  query(sql: string): string {
    return this.postgres.run(["psql", "-XAtw", "-d", "shlink", "-c", sql]).trim();
  }

  grant(): void {
    this.query("GRANT CREATE, USAGE ON SCHEMA public TO shlink");
  }

  get url(): string {
    return this.#url;
  }

  call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#url}${path}`, { redirect: "manual", ...init });
  }

  api(path: string, method = "GET", body?: object): Promise<Response> {
    return this.call(`/rest/v3${path}`, {
      method,
      headers: { "X-Api-Key": apiKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Starts the server in place of the one before. */
  async serve(changes: Env = {}): Promise<ChildProcess> {
    this.#server?.kill("SIGKILL");
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    const child = run(["rr", "serve"], { ...this.env, PORT: String(port), ...changes });
    this.#server = child;
    this.log = "";
    child.stderr?.on("data", (data: Buffer) => (this.log += data.toString()));
    child.stdout?.resume();
    for (let tries = 0; tries < 100; tries++) {
      const up = await this.call("/rest/health").catch(() => null);
      if (up !== null) return child;
      await sleep(100);
    }
    throw new Error("Shlink did not start");
  }
}
