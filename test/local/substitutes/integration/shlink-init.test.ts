import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { apiKey, ShlinkInstance } from "./shlink.ts";
import { skip } from "../../../support/skip.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("Shlink's start with a real PostgreSQL, Redis and Sentinel", function () {
  this.timeout(180_000);
  if (reason !== null) return skip(reason);

  let shlink: ShlinkInstance;
  const loud = { SHELL_VERBOSITY: "3" };

  before(async () => void (shlink = await ShlinkInstance.create()));
  after(() => shlink.remove());

  it("fails to initialise without the grant on schema public, and says why when asked", async () => {
    const quiet = await shlink.init();
    assert.equal(quiet.code, 255);
    assert.match(quiet.text, /Error generating database\.\. Set SHELL_VERBOSITY=3/);
    assert.match((await shlink.init(loud)).text, /permission denied for schema public/);
  });

  it("reports the second connection's trouble when the password is wrong", async () => {
    const { code, text } = await shlink.init({ DB_PASSWORD: "wrong", ...loud });
    assert.equal(code, 255);
    assert.match(text, /password authentication failed/);
  });

  it("tries to create a database that it merely cannot see", async () => {
    const { text } = await shlink.init({ DB_NAME: "other", ...loud });
    assert.match(text, /permission denied to create database/);
  });

  it("breaks with one sentinel address, because that is no sentinel mode", async () => {
    const server = `127.0.0.1:${shlink.redis.sentinelPort}`;
    const { code, text } = await shlink.init({ REDIS_SERVERS: `tcp://${server}`, ...loud });
    assert.equal(code, 255);
    assert.match(text, /unknown command 'EVALSHA'/);
    assert.match(text, /Cannot use object of type Predis\\Response\\Error as array/);
    const withPassword = await shlink.init({ REDIS_SERVERS: `tcp://:secret@${server}`, ...loud });
    assert.match(
      withPassword.text,
      /AUTH failed: ERR AUTH <password> called without any password configured/,
    );
  });

  it("breaks with several servers and no service, because that is cluster mode", async () => {
    const { redis } = shlink;
    const [a = 0, b = 0] = redis.ports;
    const login = `:${encodeURIComponent(redis.password)}@`;
    const cluster = {
      REDIS_SENTINEL_SERVICE: "null",
      REDIS_SERVERS: `tcp://${login}127.0.0.1:${a},tcp://${login}127.0.0.1:${b}`,
      ...loud,
    };
    // Once cached, the script is found; that made the error look random.
    const master = await redis.master();
    await master.call("SCRIPT", "FLUSH");
    master.disconnect();
    const reachable = await shlink.init(cluster);
    assert.equal(reachable.code, 255);
    assert.match(reachable.text, /NOSCRIPT/);
    const refused = await shlink.init({
      ...cluster,
      REDIS_SERVERS: "tcp://127.0.0.1:1,127.0.0.1:2",
    });
    assert.match(refused.text, /No connections left in the pool for `CLUSTER SLOTS`/);
  });

  it("creates and migrates once, however many try at the same time", async () => {
    shlink.grant();
    for (const command of ["db:create", "db:migrate"]) {
      const results = await Promise.all([1, 2, 3].map(() => shlink.outcome(["cli", command])));
      for (const { code, text } of results) assert.equal(code, 0, text);
    }
    assert.equal(shlink.query("SELECT count(*) FROM migrations"), "8");
    const tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert.equal(shlink.query(tables), "15");
    const owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'visits'";
    assert.equal(shlink.query(owner), "shlink");
  });

  it("starts three times at once on a finished schema, with one key", async () => {
    assert.equal((await shlink.init()).code, 0);
    const starts = [shlink.init(), shlink.init(), shlink.init({ INITIAL_API_KEY: "another" })];
    for (const { code, text } of await Promise.all(starts)) assert.equal(code, 0, text);
    assert.equal(shlink.query("SELECT length(key) FROM api_keys"), "64");
  });

  it("lists keys by name, the initial one in the clear, and makes new ones", async () => {
    const list = await shlink.outcome(["shlink", "api-key:list"]);
    assert.ok(list.text.includes(`| ${apiKey} | enabled |`));
    const made = await shlink.outcome(["php", "bin/cli", "api-key:generate", "--name=ci"]);
    assert.match(made.text, /Generated API key: "[0-9a-f-]{36}"/);
  });

  it("does not start without a Redis server, for want of the lock", async () => {
    shlink.redis.killAll();
    const started = Date.now();
    const { code, text } = await shlink.outcome(["cli", "db:migrate"]);
    assert.equal(code, 1, text);
    assert.ok(Date.now() - started > 20_000);
  });
});
