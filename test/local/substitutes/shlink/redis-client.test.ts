import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { createRedisClient } from "../../../../local/substitutes/shlink/redis-client.ts";

const nobody = { host: "127.0.0.1", port: 1, tls: false };

describe("Shlink's Redis client", () => {
  it("tries a command twenty more times, a second apart, behind sentinels", async () => {
    const waits: number[] = [];
    const mode = { kind: "sentinel" as const, sentinels: [nobody, nobody], service: "mymaster" };
    const client = createRedisClient(mode, (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    });
    await assert.rejects(client.read("MGET", "a"), /No sentinel server available/);
    assert.deepEqual(waits, Array<number>(20).fill(1000));
  });

  it("fails at once with one server", async () => {
    const client = createRedisClient({ kind: "single", server: nobody }, () => {
      throw new Error("nothing is waited for");
    });
    await assert.rejects(client.call("GET", "a"), /ECONNREFUSED/);
  });
});
