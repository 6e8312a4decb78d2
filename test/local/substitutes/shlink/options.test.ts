import { afterEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { startServer, type Answer, type Running } from "./fake.ts";

const row = {
  id: "1",
  original_url: "https://example.com/page?a=1",
  authority: null,
  valid_since: null,
  valid_until: null,
  max_visits: null,
  forward_query: true,
};

const answer: Answer = (sql, values) =>
  sql.includes("FROM short_urls s") && ["abc", "a/b"].includes(values[0] as string) ? [row] : [];

describe("Shlink's server, told by its environment,", () => {
  let server: Running | undefined;
  const ask = async (env: Record<string, string>, path: string, init: RequestInit = {}) => {
    server = await startServer(answer, env);
    return fetch(`${server.url}${path}`, { redirect: "manual", ...init });
  };
  const locationOf = async (env: Record<string, string>, path: string) => {
    const response = await ask(env, path);
    await server?.stop();
    return response.headers.get("location");
  };
  const counted = () => (server?.queries ?? []).some((sql) => sql.includes("INSERT INTO visits"));
  afterEach(() => server?.stop());

  for (const [status, cache] of [
    ["301", "public,max-age=60"],
    ["302", null],
    ["307", null],
    ["308", "public,max-age=60"],
  ] as const)
    it(`redirects with ${status}, and lets only 301 and 308 be remembered`, async () => {
      const response = await ask(
        {
          REDIRECT_STATUS_CODE: status,
          REDIRECT_CACHE_LIFETIME: "60",
          REDIRECT_CACHE_VISIBILITY: "public",
        },
        "/abc",
      );
      assert.equal(response.status, Number(status));
      assert.equal(response.headers.get("cache-control"), cache);
    });

  it("takes no other method than GET for a redirect, whatever the status", async () => {
    const response = await ask({ REDIRECT_STATUS_CODE: "308" }, "/abc", { method: "POST" });
    assert.equal(response.status, 404);
  });

  it("takes a lifetime that is none for its own", async () => {
    const env = { REDIRECT_STATUS_CODE: "301", REDIRECT_CACHE_LIFETIME: "0" };
    const response = await ask(env, "/abc");
    assert.equal(response.headers.get("cache-control"), "private,max-age=30");
  });

  it("sends those who find nothing where it is told, with what they asked for", async () => {
    const env = {
      DEFAULT_BASE_URL_REDIRECT: "https://base.example",
      DEFAULT_REGULAR_404_REDIRECT: "https://regular.example/{ORIGINAL_PATH}?at={DOMAIN}",
      DEFAULT_INVALID_SHORT_URL_REDIRECT: "https://invalid.example/?path={ORIGINAL_PATH}",
    };
    assert.equal(await locationOf(env, "/"), "https://base.example");
    assert.equal(await locationOf(env, "/none"), "https://invalid.example/?path=%2Fnone");
    const regular = (await locationOf(env, "/a/b/c")) ?? "";
    assert.match(regular, /^https:\/\/regular\.example\/a\/b\/c\?at=127\.0\.0\.1%3A\d+$/);
  });

  it("finds a link with a slash at its end only when told", async () => {
    const slash = { SHORT_URL_TRAILING_SLASH: "true" };
    const multi = { MULTI_SEGMENT_SLUGS_ENABLED: "true" };
    assert.equal(await locationOf({}, "/abc/"), null);
    assert.equal(await locationOf(slash, "/abc/"), row.original_url);
    assert.equal(await locationOf(slash, "/abc//"), null);
    assert.equal(await locationOf(multi, "/a/b/"), null);
    assert.equal(await locationOf({ ...slash, ...multi }, "/a/b//"), row.original_url);
  });

  it("finds slugs of several segments only when told", async () => {
    assert.equal(await locationOf({}, "/a/b"), null);
    const env = { MULTI_SEGMENT_SLUGS_ENABLED: "true" };
    assert.equal(await locationOf(env, "/a/b"), row.original_url);
  });

  it("hands a path behind a link on, drops it, or finds no link", async () => {
    const mode = (REDIRECT_EXTRA_PATH_MODE: string) => ({ REDIRECT_EXTRA_PATH_MODE });
    assert.equal(await locationOf(mode("default"), "/abc/x/y"), null);
    assert.equal(await locationOf(mode("append"), "/abc/x/y"), "https://example.com/page/x/y?a=1");
    assert.equal(await locationOf(mode("ignore"), "/abc/x/y"), row.original_url);
    const multi = { ...mode("append"), MULTI_SEGMENT_SLUGS_ENABLED: "true" };
    assert.equal(await locationOf(multi, "/a/b/x"), "https://example.com/page/x?a=1");
    const below = { ...mode("append"), BASE_PATH: "/go" };
    assert.equal(await locationOf(below, "/go/abc/x"), null);
  });

  it("has everything below its base path", async () => {
    const env = { BASE_PATH: "/go", DEFAULT_BASE_URL_REDIRECT: "https://base.example" };
    assert.equal(await locationOf(env, "/go/abc"), row.original_url);
    assert.equal(await locationOf(env, "/go/"), "https://base.example");
    assert.equal(await locationOf(env, "/abc"), null);
    assert.equal((await ask(env, "/go/rest/health")).status, 200);
  });

  it("counts no visit of those whom it is told not to, nor any when told so", async () => {
    for (const env of [
      { DISABLE_TRACKING_FROM: "10.0.0.0/8,127.0.*.*" },
      { DISABLE_TRACKING_FROM: "127.0.0.1" },
      { DISABLE_TRACKING: "true" },
    ] as Record<string, string>[]) {
      await ask(env, "/abc");
      assert.ok(!counted(), JSON.stringify(env));
      await server?.stop();
    }
    await ask({ DISABLE_TRACKING_FROM: "10.0.0.0/8" }, "/abc");
    assert.ok(counted());
  });

  it("lets the pages that it is told call its API, and no others", async () => {
    const env = { CORS_ALLOW_ORIGIN: "https://a.example,https://b.example" };
    for (const [origin, allowed] of [
      ["https://b.example", "https://b.example"],
      ["https://c.example", null],
    ] as const) {
      const response = await ask(env, "/rest/health", { headers: { Origin: origin } });
      assert.equal(response.headers.get("access-control-allow-origin"), allowed);
      assert.equal(response.headers.get("access-control-allow-credentials"), null);
      await server?.stop();
    }
    const response = await ask({ ...env, CORS_ALLOW_CREDENTIALS: "true" }, "/rest/health", {
      headers: { Origin: "https://a.example" },
    });
    assert.equal(response.headers.get("access-control-allow-credentials"), "true");
  });

  it("opens all links to the robots that it is told", async () => {
    const env = { ROBOTS_ALLOW_ALL_SHORT_URLS: "true", ROBOTS_USER_AGENTS: "a,b" };
    const text = await (await ask(env, "/robots.txt")).text();
    assert.match(text, /User-agent: a\nUser-agent: b\nDisallow: \/rest\/$/);
  });

  it("is of the release that its image is, and makes no pictures from 5 on", async () => {
    const env = { SHLINK_VERSION: "5.1.5" };
    const health = (await (await ask(env, "/rest/health")).json()) as { version: string };
    assert.equal(health.version, "5.1.5");
    await server?.stop();
    assert.equal((await ask(env, "/abc/qr-code")).status, 404);
    await server?.stop();
    assert.equal((await ask({}, "/abc/qr-code")).status, 200);
  });
});
