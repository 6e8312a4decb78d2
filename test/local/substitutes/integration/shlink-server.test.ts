import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { newAuthority } from "../../../support/certificates.ts";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { ShlinkInstance } from "./shlink.ts";
import { skip } from "../../../support/skip.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("Shlink's server with a real PostgreSQL, Redis and Sentinel", function () {
  this.timeout(180_000);
  if (reason !== null) return skip(reason);

  let shlink: ShlinkInstance;
  const call: ShlinkInstance["call"] = (path, init) => shlink.call(path, init);
  const api: ShlinkInstance["api"] = (...args) => shlink.api(...args);

  before(async () => {
    shlink = await ShlinkInstance.prepared();
    await shlink.serve();
  });
  after(() => shlink.remove());

  it("creates a short link, redirects and has the visit in PostgreSQL at once", async () => {
    const wanted = { longUrl: "https://example.com/?a=1", customSlug: "hello", tags: ["c", "A B"] };
    const created = await api("/short-urls", "POST", wanted);
    assert.equal(created.status, 200);
    const shortUrl = (await created.json()) as Record<string, unknown>;
    assert.equal(shortUrl.shortUrl, "https://s.example/hello");
    assert.deepEqual(shortUrl.tags, ["c", "a-b"]);
    for (let visit = 0; visit < 3; visit++) {
      const response = await call("/hello", { headers: { "X-Forwarded-For": "6.6.6.6, 1.2.3.4" } });
      assert.equal(response.status, 302);
      assert.equal(response.headers.get("location"), "https://example.com/?a=1");
    }
    const visits = (await (await api("/short-urls/hello/visits")).json()) as {
      visits: { pagination: { totalItems: number } };
    };
    assert.equal(visits.visits.pagination.totalItems, 3);
    assert.equal(shlink.query("SELECT DISTINCT remote_addr FROM visits"), "1.2.3.4");
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

  it("makes a lost database a 503 of health and comes back by itself", async () => {
    await shlink.postgres.stop();
    assert.equal((await call("/rest/health")).status, 503);
    assert.equal((await call("/hello")).status, 500);
    await shlink.postgres.start();
    assert.equal((await call("/rest/health")).status, 200);
    assert.equal((await call("/hello")).status, 302);
  });

  it("has its lines wrapped by RoadRunner", async () => {
    await call("/hello");
    await sleep(500);
    const lines = shlink.log.trim().split("\n");
    const wrapped = lines.map((line) => JSON.parse(line) as Record<string, string>);
    const server = wrapped.filter(({ N }) => N === "server");
    assert.ok(server.every(({ L }) => L === "INFO"));
    const inner = server.map(({ M = "" }) => JSON.parse(M) as Record<string, string>);
    const geolocation = inner.filter(({ level_name }) => level_name === "WARNING");
    assert.match(geolocation.at(-1)?.message ?? "", /GeoLite2 db was not found/);
    assert.match(inner.at(-1)?.message ?? "", /^GET \/hello 302/);
  });

  it("refuses a server certificate of another authority", async () => {
    const other = join(shlink.folder, "other.crt");
    writeFileSync(other, (await newAuthority()).certificate);
    await shlink.serve({ PGSSLROOTCERT: other });
    assert.equal((await call("/rest/health")).status, 503);
  });

  it("takes no connection after SIGTERM, answers what runs, and ends 30 s later", async () => {
    const child = await shlink.serve();
    const ended = once(child, "exit") as Promise<[number]>;
    const running = Promise.all(Array.from({ length: 20 }, () => call("/hello")));
    // A connection that is not accepted yet is refused, as it is for real.
    await sleep(150);
    const told = Date.now();
    child.kill("SIGTERM");
    for (const response of await running) assert.equal(response.status, 302);
    await sleep(1000);
    await assert.rejects(call("/hello"), /fetch failed/);
    assert.equal((await ended)[0], 0);
    const seconds = (Date.now() - told) / 1000;
    assert.ok(seconds > 29.9 && seconds < 32, `${seconds} s`);
  });
});
