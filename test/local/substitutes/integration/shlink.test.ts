import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { scramVerifier } from "../../../../local/substitutes/pgo/scram.ts";
import { databasesSql, usersSql } from "../../../../local/substitutes/pgo/sql.ts";
import { freePort, PostgresInstance, whyNoPostgres } from "./postgres.ts";
import { RedisSet, whyNoRedis } from "./redis.ts";
import { newAuthority } from "../../../support/certificates.ts";

const reason = whyNoPostgres() ?? whyNoRedis();
const program = join(import.meta.dirname, "../../../../local/substitutes/shlink/main.ts");
const apiKey = "an-initial-key";
const password = "Secret0123456789abc";

type Env = Record<string, string>;

function run(args: string[], env: Env): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function outcome(args: string[], env: Env) {
  const child = run(args, env);
  let text = "";
  child.stdout?.on("data", (data: Buffer) => (text += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, text };
}

const root = await newAuthority();

describe("Shlink with a real PostgreSQL, Redis and Sentinel", function () {
  this.timeout(180_000);
  if (reason !== null) {
    it(`is SKIPPED: ${reason}`, function () {
      this.skip();
    });
    return;
  }

  const folder = mkdtempSync(join(tmpdir(), "shlink-integration-"));
  let postgres: PostgresInstance;
  let redis: RedisSet;
  let server: ChildProcess | undefined;
  let url: string;
  let env: Env;

  before(async () => {
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "db"));
    const port = await freePort();
    const place = { folder: join(folder, "db"), port, leaderPort: port, root };
    postgres = new PostgresInstance({ ...place, role: "primary" });
    await postgres.start();
    postgres.sql(databasesSql(["shlink"]));
    const users = [{ name: "shlink", databases: ["shlink"] }];
    postgres.sql(usersSql(users, new Map([["shlink", scramVerifier(password)]]), false));
    redis = await RedisSet.start(join(folder, "redis"));
    writeFileSync(join(folder, "ca.crt"), root.certificate);
    writeFileSync(join(folder, "db-password"), `${password}\n`);
    writeFileSync(join(folder, "api-key"), apiKey);
    const sentinel = `tcp://127.0.0.1:${redis.sentinelPort}`;
    env = {
      SHLINK_HOME: join(folder, "home"),
      DB_DRIVER: "postgres",
      DB_HOST: "localhost",
      DB_PORT: String(port),
      DB_NAME: "shlink",
      DB_USER: "shlink",
      DB_PASSWORD_FILE: join(folder, "db-password"),
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
  });

  after(async () => {
    server?.kill("SIGKILL");
    await redis?.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true });
  });

  const init = (changes: Env = {}) =>
    outcome(["docker-entrypoint.sh"], { ...env, SHLINK_RUNTIME: "init", ...changes });
  const grant = () =>
    postgres.run(
      ["psql", "-Xw", "-d", "shlink", "-c", "GRANT CREATE, USAGE ON SCHEMA public TO shlink"],
      "",
    );
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { redirect: "manual", ...init });
  const api = (path: string, method = "GET", body?: object) =>
    call(`/rest/v3${path}`, {
      method,
      headers: { "X-Api-Key": apiKey },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function startServer(changes: Env = {}): Promise<ChildProcess> {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const child = run(["rr", "serve"], { ...env, PORT: String(port), ...changes });
    child.stderr?.resume();
    child.stdout?.resume();
    for (let tries = 0; tries < 100; tries++) {
      const up = await call("/rest/health").catch(() => null);
      if (up !== null) return child;
      await sleep(100);
    }
    throw new Error("Shlink did not start");
  }

  it("fails to initialise without the grant on schema public, and says why when asked", async () => {
    const quiet = await init();
    assert.equal(quiet.code, 255);
    assert.match(quiet.text, /Error generating database\.\. Set SHELL_VERBOSITY=3/);
    const loud = await init({ SHELL_VERBOSITY: "3" });
    assert.match(loud.text, /permission denied for schema public/);
  });

  it("reports the second connection's trouble when the password is wrong", async () => {
    const { code, text } = await init({ DB_PASSWORD: "wrong", SHELL_VERBOSITY: "3" });
    assert.equal(code, 255);
    assert.match(text, /password authentication failed/);
  });

  it("tries to create a database that it merely cannot see", async () => {
    const { text } = await init({ DB_NAME: "other", SHELL_VERBOSITY: "3" });
    assert.match(text, /permission denied to create database/);
  });

  it("breaks with one sentinel address, because that is no sentinel mode", async () => {
    const one = { REDIS_SERVERS: `tcp://127.0.0.1:${redis.sentinelPort}` };
    const { code, text } = await init({ ...one, SHELL_VERBOSITY: "3" });
    assert.equal(code, 255);
    assert.match(text, /unknown command 'EVALSHA'/);
    assert.match(text, /Cannot use object of type Predis\\Response\\Error as array/);
  });

  it("breaks with several servers and no service, because that is cluster mode", async () => {
    const [a = 0, b = 0] = redis.ports;
    const login = `:${encodeURIComponent(redis.password)}@`;
    const cluster = {
      REDIS_SENTINEL_SERVICE: "null",
      REDIS_SERVERS: `tcp://${login}127.0.0.1:${a},tcp://${login}127.0.0.1:${b}`,
      SHELL_VERBOSITY: "3",
    };
    // Once cached, the script is found; that made the error look random.
    const master = await redis.master();
    await master.call("SCRIPT", "FLUSH");
    master.disconnect();
    const reachable = await init(cluster);
    assert.equal(reachable.code, 255);
    assert.match(reachable.text, /NOSCRIPT/);
    const refused = await init({ ...cluster, REDIS_SERVERS: "tcp://127.0.0.1:1,127.0.0.1:2" });
    assert.match(refused.text, /No connections left in the pool for `CLUSTER SLOTS`/);
  });

  it("creates and migrates once, however many try at the same time", async () => {
    grant();
    for (const command of ["db:create", "db:migrate"]) {
      const results = await Promise.all([1, 2, 3].map(() => outcome(["cli", command], env)));
      for (const { code, text } of results) assert.equal(code, 0, text);
    }
    const query = (sql: string) =>
      postgres.run(["psql", "-XAtw", "-d", "shlink", "-c", sql]).trim();
    assert.equal(query("SELECT count(*) FROM migrations"), "17");
    assert.equal(query("SELECT tableowner FROM pg_tables WHERE tablename = 'visits'"), "shlink");
  });

  it("starts three times at once on a finished schema, with one key", async () => {
    const key = { INITIAL_API_KEY_FILE: join(folder, "api-key") };
    assert.equal((await init(key)).code, 0);
    const results = await Promise.all([init(key), init(key), init()]);
    for (const { code, text } of results) assert.equal(code, 0, text);
    const hashes = "SELECT length(key) FROM api_keys";
    assert.equal(postgres.run(["psql", "-XAtw", "-d", "shlink", "-c", hashes]).trim(), "64");
  });

  it("creates a short link, redirects and has the visit in PostgreSQL at once", async () => {
    server = await startServer();
    const wanted = { longUrl: "https://example.com/?a=1", customSlug: "hello", tags: ["A B", "c"] };
    const created = await api("/short-urls", "POST", wanted);
    assert.equal(created.status, 200);
    const shortUrl = (await created.json()) as Record<string, unknown>;
    assert.equal(shortUrl.shortUrl, "https://s.example/hello");
    assert.deepEqual(shortUrl.tags, ["a-b", "c"]);
    for (let visit = 0; visit < 3; visit++) {
      const response = await call("/hello", { headers: { "X-Forwarded-For": "6.6.6.6, 1.2.3.4" } });
      assert.equal(response.status, 302);
      assert.equal(response.headers.get("location"), "https://example.com/?a=1");
    }
    const visits = (await (await api("/short-urls/hello/visits")).json()) as {
      visits: { pagination: { totalItems: number } };
    };
    assert.equal(visits.visits.pagination.totalItems, 3);
    const address = "SELECT DISTINCT remote_addr FROM visits";
    assert.equal(postgres.run(["psql", "-XAtw", "-d", "shlink", "-c", address]).trim(), "1.2.3.4");
  });

  it("refuses a slug that is taken, finds an existing link, edits and deletes", async () => {
    const taken = await api("/short-urls", "POST", { longUrl: "https://b.c", customSlug: "hello" });
    assert.equal(taken.status, 400);
    const again = { longUrl: "https://example.com/?a=1", findIfExists: true, tags: ["a-b", "c"] };
    const found = (await (await api("/short-urls", "POST", again)).json()) as { shortCode: string };
    assert.equal(found.shortCode, "hello");
    await api("/short-urls/hello", "PATCH", { longUrl: "https://elsewhere.example/" });
    assert.equal((await call("/hello")).headers.get("location"), "https://elsewhere.example/");
    const list = (await (await api("/short-urls")).json()) as {
      shortUrls: { data: { visitsSummary: object }[] };
    };
    assert.deepEqual(list.shortUrls.data[0]?.visitsSummary, { total: 4, nonBots: 4, bots: 0 });
    await api("/short-urls", "POST", { longUrl: "https://b.c", customSlug: "gone" });
    assert.equal((await api("/short-urls/gone", "DELETE")).status, 204);
    assert.equal((await call("/gone")).status, 404);
  });

  it("limits visits and validity", async () => {
    const limited = { longUrl: "https://b.c", customSlug: "once", maxVisits: 1 };
    await api("/short-urls", "POST", limited);
    assert.equal((await call("/once")).status, 302);
    assert.equal((await call("/once")).status, 404);
    const past = { longUrl: "https://b.c", customSlug: "past", validUntil: "2020-01-01T00:00:00Z" };
    await api("/short-urls", "POST", past);
    assert.equal((await call("/past")).status, 404);
  });

  it("keeps short codes in Redis under its namespace", async () => {
    const master = await redis.master();
    const keys = await master.keys("Shlink:*");
    master.disconnect();
    assert.ok(keys.includes("Shlink:short-url.hello"), keys.join());
  });

  it("answers every redirect while the Redis master dies, and creates tags after it", async () => {
    redis.killMaster();
    const statuses: number[] = [];
    const slowest = { ms: 0 };
    const until = Date.now() + 6000;
    while (Date.now() < until) {
      const started = Date.now();
      statuses.push((await call("/hello")).status);
      slowest.ms = Math.max(slowest.ms, Date.now() - started);
    }
    assert.ok(statuses.length > 20);
    assert.ok(
      statuses.every((status) => status === 302),
      statuses.join(),
    );
    assert.ok(slowest.ms < 2000, `slowest redirect took ${slowest.ms} ms`);
    const created = await api("/short-urls", "POST", { longUrl: "https://b.c", tags: ["after"] });
    assert.equal(created.status, 200);
  });

  it("makes a lost database a 503 of health and comes back by itself", async () => {
    await postgres.stop();
    assert.equal((await call("/rest/health")).status, 503);
    assert.equal((await call("/hello")).status, 500);
    await postgres.start();
    assert.equal((await call("/rest/health")).status, 200);
    assert.equal((await call("/hello")).status, 302);
  });

  it("ends running requests on SIGTERM and exits with success", async () => {
    const child = server;
    assert.ok(child !== undefined);
    const ended = once(child, "exit") as Promise<[number]>;
    const running = Promise.all(Array.from({ length: 20 }, () => call("/hello")));
    await sleep(20);
    child.kill("SIGTERM");
    for (const response of await running) assert.equal(response.status, 302);
    assert.equal((await ended)[0], 0);
    server = undefined;
  });

  it("refuses a server certificate of another authority", async () => {
    writeFileSync(join(folder, "other.crt"), (await newAuthority()).certificate);
    server = await startServer({ PGSSLROOTCERT: join(folder, "other.crt") });
    assert.equal((await call("/rest/health")).status, 503);
  });

  it("lists keys by name, the initial one in the clear, and makes new ones", async () => {
    const list = await outcome(["shlink", "api-key:list"], env);
    assert.ok(list.text.includes(`| ${apiKey} | enabled |`));
    const made = await outcome(["php", "bin/cli", "api-key:generate", "--name=ci"], env);
    assert.match(made.text, /Generated API key: "[0-9a-f-]{36}"/);
  });
});
