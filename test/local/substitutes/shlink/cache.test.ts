import { afterEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { redisCache } from "../../../../local/substitutes/shlink/cache.ts";
import { startServer, type Answer, type Running } from "./fake.ts";

const row = { id: "1", original_url: "https://b.c", short_code: "abc", authority: null };
const answer: Answer = (sql, values) =>
  sql.includes("FROM short_urls s") && values[0] === "abc" ? [row] : [];

describe("Shlink's cache", () => {
  let server: Running;
  let read: string[];

  const start = async () => {
    read = [];
    const remember = (names: string[]) => Promise.resolve(void read.push(...names));
    server = await startServer(answer, {}, remember);
  };

  afterEach(() => server?.stop());

  it("is read nine times for a redirect, five for a 404, not for health or the icon", async () => {
    await start();
    for (const [path, count] of [
      ["/abc", 9],
      ["/none", 5],
      ["/rest/health", 0],
      ["/favicon.ico", 0],
    ] as const) {
      read = [];
      await fetch(`${server.url}${path}`, { redirect: "manual" });
      assert.equal(read.length, count, path);
    }
  });

  it("takes an error for a miss, one entry after the other, and writes what it missed", async () => {
    const asked: string[] = [];
    const cache = redisCache(
      {
        read: (_, key) => {
          asked.push(`read ${key}`);
          return key === "Shlink:b" ? Promise.reject(new Error("gone")) : Promise.resolve(["1"]);
        },
        call: (command, key) => {
          asked.push(`${command} ${key}`);
          return Promise.reject(new Error("gone"));
        },
        script: () => Promise.reject(new Error("no script")),
      },
      "Shlink",
    );
    await cache.read(["a", "b", "c"]);
    assert.deepEqual(asked, ["read Shlink:a", "read Shlink:b", "SET Shlink:b", "read Shlink:c"]);
  });
});
