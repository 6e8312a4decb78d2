import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { withTables } from "../../plan/readme.ts";

describe("The README", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

  it("has at most 150 lines", () => {
    assert.ok(readme.trimEnd().split("\n").length <= 150);
  });

  it("can be read on a page: no line is wider than 120 characters, tables included", () => {
    for (const line of readme.split("\n")) assert.ok(line.length <= 120, line);
  });

  it("names every way to make things that the Makefile tells of", () => {
    const makefile = readFileSync(new URL("../../Makefile", import.meta.url), "utf8");
    const targets = [...makefile.matchAll(/^([\w-]+):.*##/gm)].map(([, target = ""]) => target);
    assert.ok(targets.length > 15);
    const [, more = ""] = /^\| `make e2e-\.\.\.` +\| (.*)$/m.exec(readme) ?? [];
    for (const target of targets.filter((one) => !["help", "format", "test"].includes(one)))
      assert.ok(
        readme.includes(`| \`make ${target}\` `) || more.includes(`\`${target.slice(4)}\``),
        target,
      );
  });

  it("is refused without the marks around its tables", async () => {
    await assert.rejects(withTables("# Title\n"), /lacks the marks/);
  });
});
