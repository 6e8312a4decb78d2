import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { runProgram } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "shlink-platform-links-"));
const [keyFile, file] = [join(folder, "key"), join(folder, "links.jsonl")];
const one = { shortCode: "a", longUrl: "https://example.com" };

const links = (...args: string[]) => runProgram("operate/links.ts", args);

describe("npm run links", () => {
  let server: Server;
  let from: string;
  let keys: unknown[];
  before(async () => {
    keys = [];
    server = createServer(({ url, headers }, response) => {
      keys.push(`${url?.split("?")[0]} ${String(headers["x-api-key"])}`);
      const pagination = { pagesCount: 1, totalItems: 1 };
      response.end(JSON.stringify({ shortUrls: { data: [one], pagination } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/`;
    writeFileSync(keyFile, "the-key\n");
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("brings the links of another Shlink into a file, with the key from a file, and overwrites none", async () => {
    const args = ["export", file, "--from", from, "--key-file", keyFile];
    const { code, stderr } = await links(...args);
    assert.equal(code, 0, stderr);
    assert.deepEqual(keys, ["/s/rest/v3/short-urls the-key"]);
    const { shortCode, longUrl } = JSON.parse(readFileSync(file, "utf8")) as typeof one;
    assert.deepEqual({ shortCode, longUrl }, one);
    assert.match((await links(...args)).stderr, /links\.jsonl is there already/);
  });

  it("names a file that cannot be read, and lines that are no links, before it asks anybody", async () => {
    const missing = await links("import", join(folder, "nothing"));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /nothing cannot be read \(ENOENT/);
    writeFileSync(join(folder, "bad"), "[]\n");
    assert.match((await links("import", join(folder, "bad"))).stderr, /line 1: Invalid input/);
  });

  const wrong: string[][] = [
    [],
    ["export"],
    ["list", "f"],
    ["export", "f", "g"],
    ["export", "f", "--from", "https://x.example"],
    ["export", "f", "--from", "x", "--key-file", "k"],
    ["import", "f", "--from", "https://x.example", "--key-file", "k"],
    ["export", "f", "--all"],
  ];
  for (const args of wrong)
    it(`refuses "${args.join(" ")}" with its usage`, async () => {
      const { code, stderr } = await links(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^Usage: npm run links/);
      assert.doesNotMatch(stderr, /^ +at /m);
    });
});
