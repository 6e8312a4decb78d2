import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { skip } from "../../../support/skip.ts";
import { whyNoPostgres } from "./postgres.ts";
import { whyNoRedis } from "./redis.ts";
import { type Env, ShlinkInstance } from "./shlink.ts";

const reason = whyNoPostgres() ?? whyNoRedis();

describe("Shlink 4.6 and 5.1 on one database", function () {
  this.timeout(180_000);
  if (reason !== null) return skip(reason);

  const newer: Env = { SHLINK_VERSION: "5.1.5" };
  const hashed = "sha256(convert_to(original_url, 'UTF8')) = long_url_hash";
  let shlink: ShlinkInstance;

  before(async () => void (shlink = await ShlinkInstance.prepared()));
  after(() => shlink.remove());

  const create = async (longUrl: string, findIfExists = false) =>
    (await (await shlink.api("/short-urls", "POST", { longUrl, findIfExists })).json()) as {
      shortCode: string;
    };
  const hashes = () =>
    shlink.query(`SELECT string_agg(concat(${hashed}), '' ORDER BY id) FROM short_urls`);

  it("gives each link of 4.6 the hash of its target at the first start of 5.1, once", async () => {
    await shlink.serve();
    for (const name of ["a", "ü"]) await create(`https://example.com/${name}`);
    for (let time = 0; time < 2; time++) {
      const { code, text } = await shlink.init(newer);
      assert.equal(code, 0, text);
      assert.equal(hashes(), "tt");
      assert.equal(shlink.query("SELECT count(*) FROM migrations"), "10");
    }
  });

  it("leaves links without a hash that 4.6 makes afterwards, which 5.1 does not find by their target", async () => {
    const late = await create("https://example.com/late");
    assert.equal(hashes(), "ttf");
    await shlink.serve(newer);
    const again = await create("https://example.com/late", true);
    assert.notEqual(again.shortCode, late.shortCode);
    assert.equal((await shlink.call(`/${late.shortCode}`)).status, 302);
  });

  it("keeps the hash of what 5.1 makes and changes, by which it is found", async () => {
    const { shortCode } = await create("https://example.com/first");
    await shlink.api(`/short-urls/${shortCode}`, "PATCH", {
      longUrl: "https://example.com/second",
    });
    assert.equal((await create("https://example.com/second", true)).shortCode, shortCode);
    assert.equal(hashes(), "ttftt");
  });

  it("disables a key by its name: 4.6 with --by-name alone, and else by the key; 5.1 without", async () => {
    const cli = (changes: Env, ...args: string[]) => shlink.outcome(["cli", ...args], changes);
    const made = async (name: string) => {
      const { text } = await cli({}, "api-key:generate", `--name=${name}`);
      return /"([0-9a-f-]{36})"/.exec(text)?.[1] ?? "";
    };
    const key = await made("one");
    const disable = "api-key:disable";
    const refused = await cli({}, disable, "one");
    assert.equal(refused.code, 1);
    assert.match(refused.text, /not found/);
    assert.equal((await cli({}, disable, key)).code, 0);
    await made("two");
    assert.equal((await cli({}, disable, "two", "--by-name")).code, 0);
    await made("three");
    assert.equal((await cli(newer, disable, "three")).code, 0);
    assert.equal(shlink.query("SELECT count(*) FROM api_keys WHERE enabled"), "1");
  });

  it("makes a fresh database with the hash at once", async () => {
    shlink.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    shlink.grant();
    const { code, text } = await shlink.init(newer);
    assert.equal(code, 0, text);
    await create("https://example.com/fresh");
    assert.equal(hashes(), "t");
  });
});
