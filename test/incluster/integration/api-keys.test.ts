import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { readPrograms } from "../../../components/program/index.ts";
import type { WantedKey } from "../../../incluster/api-keys.ts";
import { podNode } from "../../support/pod-node.ts";
import { whyNoPostgres } from "../../local/substitutes/integration/postgres.ts";
import { whyNoRedis } from "../../local/substitutes/integration/redis.ts";
import { apiKey, ShlinkInstance } from "../../local/substitutes/integration/shlink.ts";
import { skip } from "../../support/skip.ts";

const reason = whyNoPostgres() ?? whyNoRedis();
const hash = (key: string) => createHash("sha256").update(key).digest("hex");
const free = (key: string): WantedKey => ({ hash: hash(key), roles: [] });

describe("The API keys of the stack file, beside a real PostgreSQL", function () {
  this.timeout(120_000);
  if (reason !== null) return skip(reason);

  let shlink: ShlinkInstance;
  before(async () => {
    shlink = await ShlinkInstance.prepared();
    await shlink.serve();
    writeFileSync(join(shlink.folder, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(readPrograms("api-keys.ts")))
      writeFileSync(join(shlink.folder, name), text);
  });
  after(() => shlink.remove());
  beforeEach(() => shlink.query("DELETE FROM api_keys WHERE name LIKE 'stack-file-%'"));

  /** Runs the program as its pod does. */
  async function write(keys: Record<string, WantedKey>, own: Record<string, string> = {}) {
    const env = {
      DB_HOST: "localhost",
      DB_PORT: `${shlink.postgres.port}`,
      DB_NAME: "shlink",
      DB_USER: "shlink",
      DB_PASSWORD_FILE: join(shlink.folder, "db-password"),
      AUTHORITY_FILE: join(shlink.folder, "ca.crt"),
      API_KEYS: JSON.stringify(keys),
      ...own,
    };
    const child = spawn(podNode, [join(shlink.folder, "api-keys.ts")], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (output += data.toString()));
    await once(child, "exit");
    return { code: child.exitCode, output };
  }
  async function written(keys: Record<string, WantedKey>) {
    const { code, output } = await write(keys);
    assert.equal(code, 0, output);
    return output;
  }
  const answerTo = async (key: string) =>
    (await shlink.call("/rest/v3/short-urls", { headers: { "x-api-key": key } })).status;

  it("are valid once they are written, and refused once they are taken out; others stay as they are", async () => {
    assert.equal(await answerTo("one-key"), 401);
    assert.match(
      await written({ one: free("one-key"), two: free("two-key") }),
      /^2 keys .*, 0 were/,
    );
    assert.deepEqual([await answerTo("one-key"), await answerTo("two-key")], [200, 200]);
    assert.match(
      await written({ two: free("two-key") }),
      /^1 keys of the stack file are valid, 1 were/,
    );
    assert.deepEqual([await answerTo("one-key"), await answerTo("two-key")], [401, 200]);
    assert.match(await written({}), /^0 keys .*, 1 were disabled/);
    assert.equal(await answerTo("two-key"), 401);
    assert.equal(await answerTo(apiKey), 200);
  });

  it("come back with the same value, and are replaced by another of the same name", async () => {
    await written({ one: free("one-key") });
    await written({});
    await written({ one: free("one-key") });
    assert.equal(await answerTo("one-key"), 200);
    await written({ one: free("other-key") });
    assert.deepEqual([await answerTo("one-key"), await answerTo("other-key")], [401, 200]);
    const names = "SELECT count(DISTINCT name) FROM api_keys WHERE name LIKE 'stack-file-one-%'";
    assert.equal(shlink.query(names), "2");
  });

  it("are refused from their last day on, which may be moved", async () => {
    await written({ one: { ...free("one-key"), expires: "2020-01-31" } });
    assert.equal(await answerTo("one-key"), 401);
    const until = "SELECT expiration_date FROM api_keys WHERE name LIKE 'stack-file-%'";
    assert.equal(shlink.query(until), "2020-01-31 00:00:00");
    await written({ one: { ...free("one-key"), expires: "2999-01-31" } });
    assert.equal(await answerTo("one-key"), 200);
    await written({ one: free("one-key") });
    assert.equal(shlink.query(until), "");
  });

  it("have their roles as Shlink writes them, and lose those that they have no more", async () => {
    const roles = () =>
      shlink.query(
        "SELECT role_name || ' ' || (meta - 'domain_id') FROM (SELECT role_name, meta::jsonb FROM api_key_roles ORDER BY role_name) r",
      );
    const shop: WantedKey = {
      ...free("shop-key"),
      roles: ["AUTHORED_SHORT_URLS", "DOMAIN_SPECIFIC", "NO_ORPHAN_VISITS"],
      domain: "shop.example.com",
    };
    await written({ shop });
    await written({ shop });
    assert.deepEqual(roles().split("\n"), [
      "AUTHORED_SHORT_URLS []",
      'DOMAIN_SPECIFIC {"authority": "shop.example.com"}',
      "NO_ORPHAN_VISITS []",
    ]);
    const domain =
      "SELECT count(*) FROM api_key_roles r JOIN domains d ON r.meta::jsonb ->> 'domain_id' = d.id::text WHERE d.authority = 'shop.example.com'";
    assert.equal(shlink.query(domain), "1");
    await written({ shop: { ...shop, roles: ["NO_ORPHAN_VISITS"] } });
    assert.equal(roles(), "NO_ORPHAN_VISITS []");
  });

  it("are written all or not at all, and a refusal is told in one line", async () => {
    const broken = { ...free("bad-key"), roles: ["x'; DROP TABLE api_keys; --"] } as unknown;
    await written({ shop: broken as WantedKey });
    assert.match(shlink.query("SELECT role_name FROM api_key_roles"), /^x'; DROP TABLE/);
    const late = { ...free("late-key"), expires: "never" };
    const { code, output } = await write({ one: free("one-key"), late });
    assert.equal(code, 1);
    assert.match(output, /^The API keys cannot be written: invalid input syntax[^\n]*\n$/);
    assert.equal(await answerTo("one-key"), 401);
  });

  it("take the user of a file, and name the Secret where the login is refused", async () => {
    const file = join(shlink.folder, "db-user");
    writeFileSync(file, "nobody\n");
    const { code, output } = await write({}, { DB_USER_FILE: file });
    assert.equal(code, 1);
    assert.match(output, /"nobody".*its login is Secret shlink\/shlink-secrets/);
  });
});
