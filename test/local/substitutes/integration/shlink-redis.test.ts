import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { ShlinkInstance } from "./shlink.ts";
import { skip } from "../../../support/skip.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("Shlink's use of a real Redis and Sentinel", function () {
  this.timeout(180_000);
  if (reason !== null) return skip(reason);

  let shlink: ShlinkInstance;

  before(async () => {
    shlink = await ShlinkInstance.prepared();
    await shlink.serve({ WEB_WORKER_NUM: "1" });
    await shlink.api("/short-urls", "POST", { longUrl: "https://b.c", customSlug: "hello" });
    await shlink.call("/hello");
    // What is written to the master has to reach the replica that is read.
    await sleep(500);
  });
  after(() => shlink.remove());

  /** How many MGETs the first master and its replica answered during some work. */
  async function reads(work: () => Promise<unknown>): Promise<number[]> {
    const before = await shlink.redis.calls("mget");
    await work();
    const now = await shlink.redis.calls("mget");
    return now.map((count, index) => count - (before[index] ?? 0));
  }

  it("asks a replica nine times for a redirect, five times for a 404, never for health", async () => {
    assert.deepEqual(await reads(() => shlink.call("/hello")), [0, 9]);
    assert.deepEqual(await reads(() => shlink.call("/none")), [0, 5]);
    assert.deepEqual(await reads(() => shlink.call("/rest/health")), [0, 0]);
  });

  it("answers every redirect while the master dies, and creates tags after it", async () => {
    shlink.redis.killMaster();
    const statuses: number[] = [];
    let slowest = 0;
    const until = Date.now() + 6000;
    while (Date.now() < until) {
      const started = Date.now();
      statuses.push((await shlink.call("/hello")).status);
      slowest = Math.max(slowest, Date.now() - started);
    }
    assert.ok(statuses.length > 20);
    assert.deepEqual([...new Set(statuses)], [302]);
    // One second for each time that a sentinel still names the server that died as a replica.
    assert.ok(slowest < 4500, `slowest redirect took ${slowest} ms`);
    const link = { longUrl: "https://b.c", tags: ["after"] };
    assert.equal((await shlink.api("/short-urls", "POST", link)).status, 200);
  });

  it("answers nothing at all once the last server is gone, health neither", async () => {
    shlink.redis.killAll();
    const patience = () => ({ signal: AbortSignal.timeout(9000) });
    await assert.rejects(shlink.call("/hello", patience()), /timeout/);
    // The one worker there is still waits for Redis.
    await assert.rejects(shlink.call("/rest/health", patience()), /timeout/);
  });
});
