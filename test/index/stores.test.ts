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

  const name = "redis.data.svc";
  for (const [what, servers, place] of [
    ["one", { mode: "single", host: name }, /^D17 ExternalSecret "shlink\/shlink-secrets"/],
    [
      "a cluster",
      { mode: "cluster", nodes: [{ host: name }, { host: "b.data.svc" }] },
      /^D17 ExternalSecret "shlink\/shlink-secrets"/,
    ],
    [
      "sentinels",
      { mode: "sentinel", sentinels: [{ host: name }] },
      /^D17 (Deployment|Job) .*env\[REDIS_SERVERS\]/,
    ],
  ] as const)
    it(`is a violation where somebody else runs Redis in the cluster, too: ${what}`, async () => {
      const messages = await violations(
        redisOf({ servers: { ...servers, tls: false }, networks: [] }),
      );
      assert.ok(messages.length > 0);
      for (const message of messages) assert.match(message, place);
      if (servers.mode === "sentinel") return;
      const encrypted = redisOf({ servers: { ...servers, tls: true }, networks: [] });
      assert.deepEqual(await violations(encrypted), []);
    });
});
