import * as sdk from "@shlinkio/shlink-js-sdk";
import * as node from "@shlinkio/shlink-js-sdk/node";
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { before, it } from "mocha";

/** A Shlink to call. */
export interface Served {
  url: string;
  apiKey: string;
  /** What links begin with that name no domain. */
  links: string;
  /** The host, with its port where it has one, that visitors of `url` ask for as it sees them. */
  visited: string;
}

const longUrl = "https://example.com/long";

/** What the tests look at in the answers. */
interface Answer {
  status: string;
  shortUrl: string;
  longUrl: string;
  title: string;
  hasRedirectRules: boolean;
  redirectRules: { priority: number }[];
  data: { shortCode: string; domain: string; isDefault: boolean; tag: string }[];
  pagination: { totalItems: number };
  nonOrphanVisits: { total: number };
}

/** Visits that a Shlink has counted. */
interface Counts {
  ofDomain: number;
  nonOrphan: number;
  orphan: number;
  invalid: number;
  overview: number;
}

type Client = Record<string, (...args: unknown[]) => Promise<Answer>>;

// The client's own types cannot be resolved by Node's rules: they lack the extensions of files.
const { ShlinkApiClient } = sdk as unknown as {
  ShlinkApiClient: new (http: object, server: { baseUrl: string; apiKey: string }) => Client;
};
const { NodeHttpClient } = node as unknown as { NodeHttpClient: new () => object };

/** The client with the Shlink that it talks to, and what was there before. */
class Session {
  readonly called = new Set<string>();
  client: Client = {};
  url = "";
  links = "";
  visited = "";
  former: Counts = { ofDomain: 0, nonOrphan: 0, orphan: 0, invalid: 0, overview: 0 };
  #tags: unknown[] = [];

  async start({ apiKey, url, links, visited }: Served): Promise<void> {
    this.client = new ShlinkApiClient(new NodeHttpClient(), { baseUrl: url, apiKey });
    [this.url, this.links, this.visited] = [url, links, visited];
    this.former = await this.counts();
    this.#tags = (await this.ask("listTags")).data;
  }

  get domain(): string {
    return new URL(this.links).host;
  }

  ask(name: string, ...args: unknown[]): Promise<Answer> {
    this.called.add(name);
    const method = this.client[name];
    assert.ok(method !== undefined, name);
    return method.apply(this.client, args);
  }

  visit(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
    const all = { "User-Agent": "Firefox", ...headers };
    return fetch(`${this.url}${path}`, { method, redirect: "manual", headers: all });
  }

  async counts(): Promise<Counts> {
    const of = async (name: string, ...args: unknown[]) => total(await this.ask(name, ...args));
    return {
      ofDomain: await of("getDomainVisits", this.domain),
      nonOrphan: await of("getNonOrphanVisits", { excludeBots: true }),
      orphan: await of("getOrphanVisits", {}),
      invalid: await of("getOrphanVisits", { type: "invalid_short_url" }),
      overview: (await this.ask("getVisitsOverview")).nonOrphanVisits.total,
    };
  }

  /** Tags that were not there before. */
  async newTags(): Promise<unknown[]> {
    return (await this.ask("listTags")).data.filter((tag) => !this.#tags.includes(tag));
  }
}

const total = (list: Answer) => list.pagination.totalItems;
const link = { shortCode: "sdk" };

/** Tests of every call that Shlink's own client has, on a Shlink that may hold other links and visits. */
export function answersItsClient(served: () => Promise<Served>): void {
  const session = new Session();
  before(async () => session.start(await served()));
  for (const part of [
    isWell,
    managesLinks,
    followsRules,
    countsVisits,
    managesTags,
    managesDomains,
    deletes,
  ])
    part(session);

  it("was called by every name it has", () => {
    const all = Object.getOwnPropertyNames(Object.getPrototypeOf(session.client));
    assert.deepEqual(
      [...session.called].toSorted(),
      all.filter((name) => name !== "constructor").toSorted(),
    );
  });
}

function isWell(session: Session): void {
  it("sees that the server is well, and that it publishes nothing", async () => {
    assert.equal((await session.ask("health")).status, "pass");
    await assert.rejects(session.ask("mercureInfo"), {
      status: 501,
      type: "https://shlink.io/api/error/mercure-not-configured",
    });
  });
}

function managesLinks(session: Session): void {
  it("makes, reads, changes and lists links", async () => {
    const data = { longUrl, customSlug: "sdk", tags: ["news", "old"], domain: session.domain };
    assert.equal((await session.ask("createShortUrl", data)).shortUrl, `${session.links}/sdk`);
    await session.ask("createShortUrl", {
      longUrl,
      customSlug: "other",
      tags: ["old"],
      domain: "o.example",
    });
    assert.equal((await session.ask("getShortUrl", link)).longUrl, longUrl);
    const changed = await session.ask("updateShortUrl", link, {
      title: "A title",
      tags: ["news", "old"],
    });
    assert.equal(changed.title, "A title");
    const codes = async (params: object) =>
      (await session.ask("listShortUrls", params)).data.map(({ shortCode }) => shortCode);
    const ordered = { tags: ["old"], orderBy: { field: "shortCode", dir: "ASC" } };
    assert.deepEqual(await codes(ordered), ["other", "sdk"]);
    assert.deepEqual(await codes({ tags: ["news", "old"], tagsMode: "all" }), ["sdk"]);
    assert.deepEqual(await codes({ tags: ["old"], excludeTags: ["news"] }), ["other"]);
    assert.deepEqual(await codes({ domain: "o.example" }), ["other"]);
    assert.deepEqual(await codes({ startDate: "2100-01-01" }), []);
    await assert.rejects(session.ask("listShortUrls", { page: "0" }), { status: 400 });
    await assert.rejects(session.ask("listShortUrls", { page: "9" }), { status: 500 });
  });
}

function followsRules(session: Session): void {
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
    const set = await session.ask("setShortUrlRedirectRules", link, { redirectRules });
    assert.deepEqual(
      set.redirectRules.map(({ priority }) => priority),
      [1, 2],
    );
    assert.deepEqual(await session.ask("getShortUrlRedirectRules", link), {
      ...set,
      defaultLongUrl: longUrl,
    });
    assert.equal((await session.ask("getShortUrl", link)).hasRedirectRules, true);
    const location = async (path: string, headers: Record<string, string> = {}) =>
      (await session.visit(path, headers)).headers.get("location");
    const phone = { "User-Agent": "Mozilla/5.0 (Linux; Android 15)" };
    assert.equal(await location("/sdk", phone), "https://example.com/phone");
    const french = { "Accept-Language": "en;q=0.5,fr-FR" };
    assert.equal(await location("/sdk?a=b+c", french), "https://example.com/fr?a=b%20c");
    assert.equal(await location("/sdk", french), longUrl);
  });
}

function countsVisits(session: Session): void {
  it("counts visits of a link, a tag and a domain, and those that lead nowhere", async () => {
    for (const path of ["/nothing", "/nowhere"]) await session.visit(path);
    const before = session.former;
    const visited = { ofDomain: 3, nonOrphan: 3, orphan: 2, invalid: 2, overview: 3 };
    // Visits are counted after the answer.
    let now = await session.counts();
    for (let attempt = 0; attempt < 40 && now.orphan < before.orphan + 2; attempt++) {
      await sleep(250);
      now = await session.counts();
    }
    for (const name of Object.keys(visited) as (keyof typeof visited)[])
      assert.equal(now[name] - before[name], visited[name], name);
    assert.equal(total(await session.ask("getShortUrlVisits", link)), 3);
    assert.equal(total(await session.ask("getShortUrlVisits", link, { endDate: "2000-01-01" })), 0);
    assert.equal(total(await session.ask("getTagVisits", "old")), 3);
    await assert.rejects(session.ask("getTagVisits", "unknown"), { status: 404 });
    await assert.rejects(session.ask("getDomainVisits", "unknown.example"), { status: 404 });
  });
}

function managesTags(session: Session): void {
  it("counts, renames and deletes tags", async () => {
    assert.deepEqual(await session.newTags(), ["news", "old"]);
    const { data } = await session.ask("tagsStats");
    assert.deepEqual(
      data.find(({ tag }) => tag === "old"),
      {
        tag: "old",
        shortUrlsCount: 2,
        visitsSummary: { total: 3, nonBots: 3, bots: 0 },
      },
    );
    await session.ask("editTag", { oldName: "old", newName: "new" });
    await assert.rejects(session.ask("editTag", { oldName: "new", newName: "news" }), {
      status: 409,
    });
    await session.ask("deleteTags", ["news"]);
    assert.deepEqual(await session.newTags(), ["new"]);
  });
}

function managesDomains(session: Session): void {
  it("sets where a domain sends those who find nothing", async () => {
    const home = { baseUrlRedirect: "https://example.com/home" };
    const redirects = await session.ask("editDomainRedirects", { domain: session.domain, ...home });
    assert.deepEqual(redirects, {
      ...home,
      regular404Redirect: null,
      invalidShortUrlRedirect: null,
    });
    const { data } = await session.ask("listDomains");
    assert.deepEqual(
      data.map(({ domain, isDefault }) => [domain, isDefault]),
      [
        [session.domain, true],
        ["o.example", false],
      ],
    );
    await session.ask("editDomainRedirects", { domain: session.domain, baseUrlRedirect: null });
  });

  it("sends those who ask a domain for no link where it says, and nobody once it says nothing", async () => {
    // Only GET is counted as a visit.
    const ask = async () => {
      const { status, headers } = await session.visit("/nothing-here", {}, "HEAD");
      return [status, headers.get("location")];
    };
    const place = (invalidShortUrlRedirect: string | null) =>
      session.ask("editDomainRedirects", { domain: session.visited, invalidShortUrlRedirect });
    await place("https://example.com/{DOMAIN}/lost");
    assert.deepEqual(await ask(), [302, `https://example.com/${session.visited}/lost`]);
    await place(null);
    assert.deepEqual(await ask(), [404, null]);
  });
}

function deletes(session: Session): void {
  it("deletes visits and links", async () => {
    assert.deepEqual(await session.ask("deleteShortUrlVisits", link), { deletedVisits: 3 });
    assert.deepEqual(await session.ask("deleteOrphanVisits"), {
      deletedVisits: session.former.orphan + 2,
    });
    await session.ask("deleteShortUrl", link);
    await assert.rejects(session.ask("getShortUrl", link), { status: 404 });
  });
}
