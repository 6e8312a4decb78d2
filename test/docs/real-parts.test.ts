import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";

/** The rows of the tables whose last column names tests. */
const rows = readFileSync("docs/real-parts.md", "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (what|-+) /.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map((cells) => ({ what: cells[1] ?? "", test: cells.at(-2) ?? "" }));

const isTest = (path: string) =>
  ["", ".ts", ".test.ts"].some((ending) => existsSync(`test/${path}${ending}`));

describe("docs/real-parts.md", () => {
  it("names a test that there is for each thing that was seen, or says why there is none", () => {
    assert.ok(rows.length >= 30);
    for (const { what, test } of rows) {
      const named = [...test.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
      assert.deepEqual(
        named.filter((path) => !isTest(path)),
        [],
        what,
      );
      assert.ok(named.length > 0 || test.startsWith("none"), `${what}: ${test}`);
    }
  });
});
