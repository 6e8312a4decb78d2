import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { pairwise, settingsOf } from "../support/choices.ts";
import { databaseOf, impossible, redisOf, stores } from "../support/stores.ts";
import { violations } from "../support/violations.ts";

describe("Every two forms of a store, of a seal and of who watches", () => {
  for (const one of pairwise(stores, impossible))
    it(`make a stack without a violation: ${Object.values(one).join(", ")}`, async () => {
      assert.deepEqual(await violations(settingsOf(stores, one)), []);
    });
});

describe("What goes over the network in clear", () => {
  it("is a violation in production: a database outside, and a Redis outside", async () => {
    const plain = databaseOf({ tls: { mode: "plaintext" } });
    const [found, ...more] = await violations(plain);
    assert.match(found ?? "", /D08 .*PGSSLMODE.*the connection works without TLS/);
    assert.ok(more.every((message) => message.startsWith("D08")));
    for (const servers of [
      { mode: "single", host: "redis.example.com", tls: false },
      { mode: "sentinel", sentinels: [{ host: "s1.example.com" }], tls: false },
    ]) {
      const messages = await violations(redisOf({ servers }));
      assert.ok(messages.length > 0);
      for (const message of messages)
        assert.match(message, /^D17 ServiceEntry "shlink\/redis-store".*reached in clear/);
    }
  });
});
