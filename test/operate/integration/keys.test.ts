import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { disableKey, listKeys } from "../../../operate/keys.ts";
import { pgoKey, workloads } from "../../../platform/workloads.ts";
import { whyNoPostgres } from "../../local/substitutes/integration/postgres.ts";
import { whyNoRedis } from "../../local/substitutes/integration/redis.ts";
import { apiKey, ShlinkInstance } from "../../local/substitutes/integration/shlink.ts";
import { fakeTools, type FakeTools, putPod } from "../support/tools.ts";
import { skip } from "../../support/skip.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("npm run api-keys, beside a real PostgreSQL", function () {
  this.timeout(120_000);
  if (reason !== null) return skip(reason);

  let shlink: ShlinkInstance;
  let tools: FakeTools;
  before(async () => {
    shlink = await ShlinkInstance.prepared();
    shlink.query(`
      INSERT INTO api_keys (key, name, enabled, expiration_date) VALUES
        ('h1', 'stack-file-shop-0a1b2c3d', true, '2999-01-31'), ('h2', 'of o''Brien', true, NULL), ('h3', 'old', true, '2020-01-31');
      INSERT INTO domains (authority) VALUES ('o.example.com');
      INSERT INTO api_key_roles (role_name, meta, api_key_id)
        SELECT 'DOMAIN_SPECIFIC', '{"domain_id":"1","authority":"o.example.com"}', id FROM api_keys WHERE key = 'h1';
      INSERT INTO api_key_roles (role_name, meta, api_key_id) SELECT 'AUTHORED_SHORT_URLS', '[]', id FROM api_keys WHERE key = 'h1'`);
  });
  after(() => shlink.remove());
  beforeEach(() => {
    tools = fakeTools();
    const labels = { ...workloads.postgres.labels, [pgoKey("role")]: "master" };
    putPod(tools, "postgres", "pg-0", labels);
    tools.execute = (_, command) => Promise.resolve(shlink.postgres.run(command));
  });

  it("lists what keys may do and until when, and not the first one's value, which is its name", async () => {
    const text = await listKeys(tools);
    assert.deepEqual(text.split("\n"), [
      "NAME                      STATE    EXPIRES     MAY",
      "(the first key)           valid    -           all",
      "stack-file-shop-0a1b2c3d  valid    2999-01-31  AUTHORED_SHORT_URLS, DOMAIN_SPECIFIC o.example.com",
      "of o'Brien                valid    -           all",
      "old                       expired  2020-01-31  all",
    ]);
    assert.ok(!text.includes(apiKey));
  });

  it("disables a key by its name, once and again", async () => {
    for (let time = 0; time < 2; time++) await disableKey(tools, "of o'Brien");
    assert.match(await listKeys(tools), /^of o'Brien +disabled/m);
    assert.match(tools.told.join("\n"), /The key of o'Brien is disabled/);
  });

  it("refuses a key that is not there, and one of the stack file, which the next `up` may want again", async () => {
    await assert.rejects(disableKey(tools, "nobody"), /^Error: There is no key nobody\./);
    await assert.rejects(
      disableKey(tools, "stack-file-shop-0a1b2c3d"),
      /is the stack file's: take it out of shlink\.apiKeys/,
    );
  });
});
