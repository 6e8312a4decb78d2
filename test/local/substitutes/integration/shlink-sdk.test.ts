import * as sdk from "@shlinkio/shlink-js-sdk";
import * as node from "@shlinkio/shlink-js-sdk/node";
import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { apiKey, ShlinkInstance } from "./shlink.ts";

const reason = whyNoPostgres() ?? whyNoRedis();
const longUrl = "https://example.com/long";

/** What the tests look at in the answers. */
interface Answer {
  status: string;
  shortUrl: string;
  longUrl: string;
  title: string;
  hasRedirectRules: boolean;
  redirectRules: { priority: number }[];
  data: { shortCode: string; domain: string; isDefault: boolean }[];
  pagination: { totalItems: number };
  nonOrphanVisits: object;
}

type Client = Record<string, (...args: unknown[]) => Promise<Answer>>;

// The client's own types cannot be resolved by Node's rules: they lack the extensions of files.
const { ShlinkApiClient } = sdk as unknown as {
  ShlinkApiClient: new (http: object, server: { baseUrl: string; apiKey: string }) => Client;
};
const { NodeHttpClient } = node as unknown as { NodeHttpClient: new () => object };

describe("Shlink's own client", function () {
  this.timeout(60_000);
  if (reason !== null) {
    it(`is SKIPPED: ${reason}`, function () {
      this.skip();
    });
    return;
  }

  let shlink: ShlinkInstance;
  const called = new Set<string>();
  let client: Client;
  const ask = (name: string, ...args: unknown[]): Promise<Answer> => {
    called.add(name);
    const method = client[name];
    assert.ok(method !== undefined, name);
    return method.apply(client, args);
  };
  const link = { shortCode: "sdk" };
  const visit = (path: string, headers: Record<string, string> = {}) =>
    shlink.call(path, { headers: { "User-Agent": "Firefox", ...headers } });

  before(async () => {
    shlink = await ShlinkInstance.prepared();
    await shlink.serve();
    client = new ShlinkApiClient(new NodeHttpClient(), { baseUrl: shlink.url, apiKey });
  });
  after(() => shlink.remove());

  it("sees that the server is well, and that it publishes nothing", async () => {
    assert.equal((await ask("health")).status, "pass");
    await assert.rejects(ask("mercureInfo"), {
      status: 501,
      type: "https://shlink.io/api/error/mercure-not-configured",
    });
  });

  it("makes, reads, changes and lists links", async () => {
    const data = { longUrl, customSlug: "sdk", tags: ["news", "old"], domain: "s.example" };
    assert.equal((await ask("createShortUrl", data)).shortUrl, "https://s.example/sdk");
    await ask("createShortUrl", {
      longUrl,
      customSlug: "other",
      tags: ["old"],
      domain: "o.example",
    });
    assert.equal((await ask("getShortUrl", link)).longUrl, longUrl);
    const changed = await ask("updateShortUrl", link, { title: "A title", tags: ["news", "old"] });
    assert.equal(changed.title, "A title");
    const codes = async (params: object) =>
      (await ask("listShortUrls", params)).data.map(({ shortCode }) => shortCode);
    assert.deepEqual(await codes({ orderBy: { field: "shortCode", dir: "ASC" } }), [
      "other",
      "sdk",
    ]);
    assert.deepEqual(await codes({ tags: ["news", "old"], tagsMode: "all" }), ["sdk"]);
    assert.deepEqual(await codes({ tags: ["old"], excludeTags: ["news"] }), ["other"]);
    assert.deepEqual(await codes({ domain: "o.example" }), ["other"]);
    assert.deepEqual(await codes({ startDate: "2100-01-01" }), []);
    await assert.rejects(ask("listShortUrls", { page: "0" }), { status: 400 });
    await assert.rejects(ask("listShortUrls", { page: "9" }), { status: 500 });
  });

  it("sends visitors elsewhere by rules", async () => {
    const redirectRules = [
      {
        longUrl: "https://example.com/phone",
        conditions: [{ type: "device", matchKey: null, matchValue: "android" }],
      },
      {
        longUrl: "https://example.com/fr",
        conditions: [
          { type: "language", matchKey: null, matchValue: "fr" },
          { type: "query-param", matchKey: "a", matchValue: "b c" },
        ],
      },
    ];
    const set = await ask("setShortUrlRedirectRules", link, { redirectRules });
    assert.deepEqual(
      set.redirectRules.map(({ priority }) => priority),
      [1, 2],
    );
    assert.deepEqual(await ask("getShortUrlRedirectRules", link), {
      ...set,
      defaultLongUrl: longUrl,
    });
    assert.equal((await ask("getShortUrl", link)).hasRedirectRules, true);
    const location = async (path: string, headers: Record<string, string> = {}) =>
      (await visit(path, headers)).headers.get("location");
    const phone = { "User-Agent": "Mozilla/5.0 (Linux; Android 15)" };
    assert.equal(await location("/sdk", phone), "https://example.com/phone");
    const french = { "Accept-Language": "en;q=0.5,fr-FR" };
    assert.equal(await location("/sdk?a=b+c", french), "https://example.com/fr?a=b%20c");
    assert.equal(await location("/sdk", french), longUrl);
  });

  it("counts visits of a link, a tag and a domain, and those that lead nowhere", async () => {
    await visit("/other", { Host: "o.example" });
    await visit("/nowhere");
    const total = (list: Answer) => list.pagination.totalItems;
    assert.equal(total(await ask("getShortUrlVisits", link)), 3);
    assert.equal(total(await ask("getShortUrlVisits", link, { endDate: "2000-01-01" })), 0);
    assert.equal(total(await ask("getTagVisits", "old")), 3);
    assert.equal(total(await ask("getDomainVisits", "s.example")), 3);
    assert.equal(total(await ask("getNonOrphanVisits", { excludeBots: true })), 3);
    assert.equal(total(await ask("getOrphanVisits", { type: "invalid_short_url" })), 2);
    await assert.rejects(ask("getTagVisits", "unknown"), { status: 404 });
    await assert.rejects(ask("getDomainVisits", "unknown.example"), { status: 404 });
    const overview = await ask("getVisitsOverview");
    assert.deepEqual(overview.nonOrphanVisits, { total: 3, nonBots: 3, bots: 0 });
  });

  it("counts, renames and deletes tags", async () => {
    assert.deepEqual((await ask("listTags")).data, ["news", "old"]);
    const { data } = await ask("tagsStats");
    assert.deepEqual(data[1], {
      tag: "old",
      shortUrlsCount: 2,
      visitsSummary: { total: 3, nonBots: 3, bots: 0 },
    });
    await ask("editTag", { oldName: "old", newName: "new" });
    await assert.rejects(ask("editTag", { oldName: "new", newName: "news" }), { status: 409 });
    await ask("deleteTags", ["news"]);
    assert.deepEqual((await ask("listTags")).data, ["new"]);
  });

  it("sets where a domain sends those who find nothing", async () => {
    const home = { baseUrlRedirect: "https://example.com/home" };
    const redirects = await ask("editDomainRedirects", { domain: "s.example", ...home });
    assert.deepEqual(redirects, {
      ...home,
      regular404Redirect: null,
      invalidShortUrlRedirect: null,
    });
    const { data } = await ask("listDomains");
    assert.deepEqual(
      data.map(({ domain, isDefault }) => [domain, isDefault]),
      [
        ["s.example", true],
        ["o.example", false],
      ],
    );
  });

  it("deletes visits and links", async () => {
    assert.deepEqual(await ask("deleteShortUrlVisits", link), { deletedVisits: 3 });
    assert.deepEqual(await ask("deleteOrphanVisits"), { deletedVisits: 2 });
    await ask("deleteShortUrl", link);
    await assert.rejects(ask("getShortUrl", link), { status: 404 });
  });

  it("was called by every name it has", () => {
    const all = Object.getOwnPropertyNames(Object.getPrototypeOf(client));
    assert.deepEqual(
      [...called].toSorted(),
      all.filter((name) => name !== "constructor").toSorted(),
    );
  });
});
