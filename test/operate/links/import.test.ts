import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { exportLinks } from "../../../operate/links/export.ts";
import { importLinks, readLinks } from "../../../operate/links/import.ts";
import type { AskLinks } from "../../../operate/links/link.ts";
import { FakeShlink } from "./fake-shlink.ts";

const listed = (shortCode: string, more: object = {}) => ({
  shortCode,
  longUrl: `https://example.com/${shortCode}`,
  domain: null,
  tags: ["a"],
  title: null,
  crawlable: false,
  forwardQuery: true,
  meta: { validSince: null, validUntil: "2030-01-01T00:00:00+00:00", maxVisits: 5 },
  visitsSummary: { total: 3 },
  hasRedirectRules: false,
  ...more,
});
const rules = [
  {
    longUrl: "https://example.com/phone",
    conditions: [{ type: "device", matchKey: null, matchValue: "ios" }],
  },
];

describe("An import of links", () => {
  let [from, to] = [new FakeShlink(), new FakeShlink()];
  let told: string[];
  const report = (line: string) => void told.push(line);
  beforeEach(() => {
    [from, to, told] = [new FakeShlink(), new FakeShlink(), []];
    for (let i = 0; i < 250; i++) from.links.set(`/n${i}`, listed(`n${i}`));
    const other = { domain: "o.example.com", hasRedirectRules: true };
    from.links.set("o.example.com/a/b", listed("a/b", other));
    from.rules.set("o.example.com/a/b", rules);
  });
  const text = async () => (await Array.fromAsync(exportLinks(from.ask, report))).join("");
  const bring = async (file: string) => importLinks(to.ask, readLinks("links", file), report);

  it("makes all that was exported, with what belongs to a link, and none of its visits", async () => {
    const file = await text();
    assert.equal(file.trim().split("\n").length, 251);
    assert.doesNotMatch(file, /visitsSummary/);
    await bring(file);
    assert.deepEqual(to.links.get("/n7"), {
      shortCode: "n7",
      longUrl: "https://example.com/n7",
      tags: ["a"],
      crawlable: false,
      forwardQuery: true,
      validUntil: "2030-01-01T00:00:00+00:00",
      maxVisits: 5,
    });
    assert.equal(to.links.get("o.example.com/a/b")?.["domain"], "o.example.com");
    assert.deepEqual(to.rules.get("o.example.com/a/b"), rules);
    assert.equal(told.at(-1), "251 links were made, 0 were there");
  });

  it("goes on where it was interrupted, and makes nothing twice", async () => {
    const file = await text();
    let calls = 0;
    to.before = () => {
      if (++calls > 100) throw new Error("cut off");
    };
    await assert.rejects(bring(file), /cut off/);
    to.before = () => undefined;
    await bring(file);
    assert.equal(told.at(-1), "151 links were made, 100 were there");
    assert.equal(to.links.size, 251);
  });

  it("leaves the rules that a link has here, and gives it those of the file where it has none", async () => {
    const ours = [{ longUrl: "https://example.com/ours", conditions: [] }];
    const file = await text();
    await bring(file);
    const key = "o.example.com/a/b";
    to.rules.delete(key);
    await bring(file);
    assert.deepEqual(to.rules.get(key), rules);
    to.rules.set(key, ours);
    to.links.set(key, { ...listed("a/b"), domain: "o.example.com", hasRedirectRules: true });
    await bring(file);
    assert.deepEqual(to.rules.get(key), ours);
  });

  it("names the line of a link that leads elsewhere here, and of one that is refused, and makes the others", async () => {
    to.links.set("/n1", { shortCode: "n1", longUrl: "https://other.example" });
    const lines = [listed("n0"), listed("n1"), listed("n2", { longUrl: "bad:url" }), listed("n3")];
    const file = lines.map((line) => JSON.stringify(line)).join("\n");
    await assert.rejects(bring(file), (error: Error) => {
      assert.equal(
        error.message,
        "2 links were not imported:\n  line 2: n1 leads elsewhere here, to https://other.example\n  line 3: HTTP 400, Provided data is not valid",
      );
      return true;
    });
    assert.equal(to.links.get("/n1")?.longUrl, "https://other.example");
    assert.ok(to.links.has("/n3"));
  });

  for (const [status, refusal] of [
    [401, "HTTP 401, no key"],
    [403, "HTTP 403, no key"],
    [503, "HTTP 503, no key"],
    [0, "connect ECONNREFUSED"],
  ] as const)
    it(`ends at once where the answer is ${status}, and says what was made before`, async () => {
      const lines = ["n0", "n1", "n2", "n3"].map((code) => JSON.stringify(listed(code)));
      let calls = 0;
      const asked: AskLinks = (path, request) => {
        if (++calls < 3) return to.ask(path, request);
        const body = { detail: "no key" };
        return Promise.resolve({ status, body, ...(status === 0 && { failure: refusal }) });
      };
      await assert.rejects(importLinks(asked, readLinks("links", lines.join("\n")), report), {
        message: `The import ends at line 3, since Shlink takes no link: ${refusal}. 2 links were made, 0 were there; correct it, and run this again.`,
      });
      assert.equal(calls, 3);
    });

  it("names each line that is no link before anything is made", async () => {
    const good = JSON.stringify(listed("n0"));
    const file = [
      good,
      "",
      "{",
      JSON.stringify({ shortCode: "x" }),
      `{"shortCode":"","longUrl":"a:b"}`,
    ].join("\n");
    await assert.rejects(bring(file), (error: Error) => {
      assert.match(error.message, /^links has lines that are no links, so nothing was imported:\n/);
      assert.match(
        error.message,
        /line 3: this is no JSON\n {2}line 4: longUrl: .*\n {2}line 5: shortCode: /,
      );
      return true;
    });
    assert.equal(to.links.size, 0);
  });

  it("says what the other Shlink refuses", async () => {
    const refusing = () => Promise.resolve({ status: 401, body: { detail: "no key" } });
    await assert.rejects(
      Array.fromAsync(exportLinks(refusing, report)),
      /The links cannot be read: HTTP 401, no key\./,
    );
    const stranger = () => Promise.resolve({ status: 200, body: {} });
    await assert.rejects(Array.fromAsync(exportLinks(stranger, report)), /no answer of Shlink's/);
  });
});
