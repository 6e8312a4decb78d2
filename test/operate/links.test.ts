import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { after, before, beforeEach, describe, it } from "mocha";
import { runProgram, startProgram } from "../support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "shlink-platform-links-"));
const [keyFile, file] = [join(folder, "key"), join(folder, "links.jsonl")];
const one = { shortCode: "a", longUrl: "https://example.com" };

const links = (...args: string[]) => runProgram("operate/links.ts", args);
/** What writes a file tidies up when its process ends. */
const startLinks = (...args: string[]) => startProgram("operate/links.ts", args);

describe("npm run links", () => {
  let server: Server;
  let from: string;
  let keys: unknown[];
  /** What it answers to the second page; absent: it has one page. */
  let second: object | "silence" | undefined;
  before(async () => {
    keys = [];
    server = createServer(({ url, headers }, response) => {
      keys.push(`${url?.split("?")[0]} ${String(headers["x-api-key"])}`);
      const pagination = { pagesCount: second === undefined ? 1 : 2, totalItems: 1 };
      const isSecond = url?.includes("page=2&") === true;
      if (isSecond && second === "silence") return;
      const first = { shortUrls: { data: [one], pagination } };
      response.end(JSON.stringify(isSecond ? second : first));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/`;
    writeFileSync(keyFile, "the-key\n");
  });
  beforeEach(() => {
    second = undefined;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("brings the links of another Shlink into a file, with the key from a file, and overwrites none", async () => {
    const args = ["export", file, "--from", from, "--key-file", keyFile];
    const { code, stderr } = await startLinks(...args);
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

  const fresh = join(folder, "fresh.jsonl");
  const bring = ["export", fresh, "--from"];

  it("says in a sentence what is no answer of Shlink, and leaves no file behind", async () => {
    const pagination = { pagesCount: 2, totalItems: 2 };
    for (const [answer, says] of [
      [{ shortUrls: { data: [{ shortCode: 7 }], pagination } }, /\(link 1 of page 2, shortCode: /],
      [{ shortUrls: { data: "x", pagination } }, /\(page 2, shortUrls: data: /],
      [{ shortUrls: { data: [] } }, /\(page 2, shortUrls: pagination: /],
      [{}, /\(page 2, shortUrls: /],
    ] as const) {
      second = answer;
      const { code, stderr } = await startLinks(...bring, from, "--key-file", keyFile);
      assert.equal(code, 1);
      assert.match(stderr, /The links cannot be read: this is no answer of Shlink's REST API/);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /ZodError|^ +at |^\[/m);
      assert.ok(!existsSync(fresh) && !existsSync(`${fresh}.partial`));
    }
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`leaves no file behind where ${signal} ends it`, async () => {
      second = "silence";
      const args = ["operate/links.ts", ...bring, from, "--key-file", keyFile];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
      // It has told of the first page, and waits for the second.
      await once(child.stderr, "data");
      assert.ok(existsSync(`${fresh}.partial`));
      child.kill(signal);
      const [code] = (await once(child, "exit")) as [number];
      assert.ok(code > 128, `${code}`);
      assert.ok(!existsSync(fresh) && !existsSync(`${fresh}.partial`));
    });

  it("refuses addresses of no Shlink and files without one key, each in a sentence", async () => {
    const [two, none] = [join(folder, "two"), join(folder, "none")];
    writeFileSync(two, "one-key\nanother\n");
    writeFileSync(none, "\n");
    for (const address of ["ftp://x.example", "x", "https://a:b@x.example", "https://x.example/?a"])
      assert.match(
        (await links(...bring, address, "--key-file", keyFile)).stderr,
        /^--from \S+ is no address of a Shlink: .*\n$/,
      );
    for (const bad of [two, none]) {
      const { stderr } = await links(...bring, from, "--key-file", bad);
      assert.equal(stderr, `${bad} must have one API key and nothing else (--key-file).\n`);
    }
    assert.ok(!existsSync(`${fresh}.partial`));
  });

  it("names the address of a Shlink that gives no answer", async () => {
    const silent = [...bring, "http://127.0.0.1:1/", "--key-file", keyFile];
    const { code, stderr } = await startLinks(...silent);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^The links cannot be read: http:\/\/127\.0\.0\.1:1 gives no answer, connect ECONNREFUSED .* \(--from\)\.\n$/,
    );
    assert.ok(!existsSync(fresh) && !existsSync(`${fresh}.partial`));
  });

  const wrong: string[][] = [
    [],
    ["export"],
    ["list", "f"],
    ["export", "f", "g"],
    ["export", "f", "--from", "https://x.example"],
    ["import", "f", "--from", "https://x.example", "--key-file", "k"],
  ];
  for (const args of wrong)
    it(`refuses "${args.join(" ")}" with its usage`, async () => {
      const { code, stderr } = await links(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^\S.*\.\nUsage: npm run links/);
      assert.doesNotMatch(stderr, /^ +at /m);
    });

  it("names an option that it does not know, before its usage", async () => {
    const { code, stderr } = await links("export", "f", "--all");
    assert.equal(code, 1);
    assert.match(stderr, /^Unknown option '--all'.*\nUsage: npm run links/);
  });
});
