import { afterEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { hashKey } from "../../../../local/substitutes/shlink/api-keys.ts";
import { startServer, type Answer, type Running } from "./fake.ts";

const row = {
  id: "1",
  original_url: "https://example.com/?a=1#part",
  short_code: "abc",
  authority: null,
  valid_since: null,
  valid_until: null,
  max_visits: null,
  forward_query: true,
};

const answer: Answer = (sql, values) => {
  if (sql.includes("FROM api_keys")) return values[0] === hashKey("good") ? [{ id: "7" }] : [];
  if (sql.includes("FROM short_urls s")) return values[0] === "abc" ? [row] : [];
  return [];
};

describe("Shlink's server", () => {
  let server: Running;
  const start = async (how: Answer = answer, env: Record<string, string> = {}) => {
    server = await startServer(how, env);
  };
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, { redirect: "manual", ...init });

  afterEach(() => server.stop());

  it("is healthy while the database answers, without any key", async () => {
    await start();
    for (const path of ["/rest/health", "/rest/v3/health", "/rest/v1/health"]) {
      const response = await call(path);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "application/health+json");
      assert.deepEqual(await response.json(), {
        status: "pass",
        version: "4.6.0",
        links: { about: "https://shlink.io", project: "https://github.com/shlinkio/shlink" },
      });
    }
  });

  it("answers 503 as soon as the database does not", async () => {
    await start(() => {
      throw new Error("down");
    });
    const response = await call("/rest/health");
    assert.equal(response.status, 503);
    assert.equal(((await response.json()) as { status: string }).status, "fail");
  });

  it("asks for a key with a problem document", async () => {
    await start();
    const response = await call("/rest/v3/short-urls");
    assert.equal(response.status, 401);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.deepEqual(await response.json(), {
      expectedHeaders: ["X-Api-Key"],
      title: "Invalid authorization",
      type: "https://shlink.io/api/error/missing-authentication",
      status: 401,
      detail:
        'Expected one of the following authentication headers, ["X-Api-Key"], but none were provided',
    });
  });

  it("refuses a wrong key under every version of the API", async () => {
    await start();
    for (const version of ["v1", "v2", "v3"]) {
      const response = await call(`/rest/${version}/visits`, { headers: { "X-Api-Key": "bad" } });
      assert.equal(response.status, 401);
      const { type } = (await response.json()) as { type: string };
      assert.equal(type, "https://shlink.io/api/error/invalid-api-key");
    }
  });

  it("lets a browser ask for options without a key", async () => {
    await start();
    const response = await call("/rest/v3/short-urls", {
      method: "OPTIONS",
      headers: { Origin: "https://app.example", "Access-Control-Request-Headers": "x-api-key" },
    });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    assert.equal(response.headers.get("access-control-allow-methods"), "GET,POST");
    assert.equal(response.headers.get("access-control-allow-headers"), "x-api-key");
  });

  it("tells an unknown short code from an unknown path in the API", async () => {
    await start();
    const headers = { "X-Api-Key": "good" };
    const unknownCode = await call("/rest/v3/short-urls/none", { headers });
    assert.equal(unknownCode.status, 404);
    const { type } = (await unknownCode.json()) as { type: string };
    assert.equal(type, "https://shlink.io/api/error/short-url-not-found");
    const unknownPath = await call("/rest/v4/short-urls", { headers });
    assert.equal(unknownPath.status, 404);
    const problem = (await unknownPath.json()) as { type: string };
    assert.equal(problem.type, "https://shlink.io/api/error/not-found");
  });

  it("names all bad fields of a new short URL", async () => {
    await start();
    const response = await call("/rest/v3/short-urls", {
      method: "POST",
      headers: { "X-Api-Key": "good" },
      body: JSON.stringify({ longUrl: "no scheme", customSlug: "a?b", maxVisits: 0, tags: "x" }),
    });
    assert.equal(response.status, 400);
    const { invalidElements } = (await response.json()) as { invalidElements: string[] };
    assert.deepEqual(invalidElements.toSorted(), ["customSlug", "longUrl", "maxVisits", "tags"]);
  });

  it("refuses a body that is not JSON", async () => {
    await start();
    const headers = { "X-Api-Key": "good" };
    const response = await call("/rest/v3/short-urls", { method: "POST", headers, body: "{" });
    assert.equal(response.status, 400);
    const { type } = (await response.json()) as { type: string };
    assert.equal(type, "https://shlink.io/api/error/malformed-request-body");
  });

  it("redirects with the visitor's query merged in and writes the visit first", async () => {
    await start();
    const response = await call("/abc?b=2&a=3");
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "https://example.com/?a=3&b=2#part");
    assert.ok(server.queries.some((sql) => sql.includes("INSERT INTO visits")));
    assert.ok(server.queries.some((sql) => sql.includes("short_url_visits_counts")));
  });

  it("does not count a HEAD request", async () => {
    await start();
    const response = await call("/abc", { method: "HEAD" });
    assert.equal(response.status, 302);
    assert.ok(!server.queries.some((sql) => sql.includes("INSERT INTO visits")));
  });

  it("answers 404 for an unknown code and counts it as an orphan", async () => {
    await start();
    const response = await call("/none");
    assert.equal(response.status, 404);
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    assert.ok(server.queries.some((sql) => sql.includes("orphan_visits_counts")));
  });

  it("answers 404 for the bare domain", async () => {
    await start();
    assert.equal((await call("/")).status, 404);
  });

  it("answers 500 to a redirect without database", async () => {
    await start(() => {
      throw new Error("down");
    });
    assert.equal((await call("/abc")).status, 500);
  });

  it("keeps robots out unless a short URL is meant for them", async () => {
    await start((sql) => (sql.includes("crawlable") ? [{ short_code: "open" }] : []));
    const text = await (await call("/robots.txt")).text();
    assert.match(text, /Allow: \/open\nDisallow: \/$/);
  });

  it("logs every request but health checks, and never a key", async () => {
    await start();
    await call("/rest/health");
    await call("/rest/v3/visits", { headers: { "X-Api-Key": "good" } });
    assert.equal(server.logs.length, 1);
    assert.match(server.logs[0] ?? "", /^Access INFO GET \/rest\/v3\/visits 200 \d+$/);
  });

  it("opens no more database connections than there are workers", async () => {
    await start(answer, { WEB_WORKER_NUM: "2" });
    await Promise.all(Array.from({ length: 8 }, () => call("/abc")));
    assert.equal(server.opened.most, 2);
    assert.equal(server.opened.now, 0);
  });

  it("names an unknown path of the API without its prefix", async () => {
    await start();
    const { detail } = (await (await call("/rest/v3/nothing")).json()) as { detail: string };
    assert.equal(detail, `Cannot GET ${server.url}/v3/nothing!`);
  });

  it("takes a form for a body, and a number for a slug", async () => {
    const created: unknown[][] = [];
    await start((sql, values) => {
      if (sql.includes("INSERT INTO short_urls ")) created.push([...values]);
      if (sql.includes("FROM short_urls s")) return [row];
      return answer(sql, values);
    });
    const headers = { "X-Api-Key": "good" };
    const form = new URLSearchParams({ longUrl: "https://b.c" });
    const post = (body: string | URLSearchParams) =>
      call("/rest/v3/short-urls", { method: "POST", headers, body });
    assert.equal((await post(form)).status, 200);
    const json = { longUrl: "https://b.c", customSlug: 123, title: 5 };
    assert.equal((await post(JSON.stringify(json))).status, 200);
    assert.deepEqual(
      created.map(([longUrl, code, , , , , title]) => [longUrl, code === "123", title]),
      [
        ["https://b.c", false, null],
        ["https://b.c", true, "5"],
      ],
    );
    const tags = { longUrl: "https://b.c", tags: [5, null] };
    assert.equal((await post(JSON.stringify(tags))).status, 500);
  });

  it("takes a visitor without a name for no bot", async () => {
    let bot: unknown;
    await start((sql, values) => {
      if (sql.includes("INSERT INTO visits")) bot = values[7];
      return answer(sql, values);
    });
    await call("/abc", { headers: { "User-Agent": "" } });
    assert.equal(bot, false);
  });

  it("makes a link in one step with the key in the query, as text when asked", async () => {
    await start((sql, values) => (sql.includes("FROM short_urls s") ? [row] : answer(sql, values)));
    const path = "/rest/v3/short-urls/shorten?longUrl=https%3A%2F%2Fb.c&format=txt";
    const made = await call(`${path}&apiKey=good`);
    assert.deepEqual([made.status, await made.text()], [200, "https://s.example/abc"]);
    assert.equal((await call(path)).status, 401);
  });

  it("answers with a picture of the link, and with an icon", async () => {
    await start();
    const picture = await call("/abc/qr-code");
    assert.equal(picture.headers.get("content-type"), "image/png");
    assert.equal((await picture.bytes()).subarray(1, 4).toString(), "80,78,71");
    assert.equal((await call("/none/qr-code")).status, 404);
    assert.equal((await call("/favicon.ico")).status, 200);
  });
});
