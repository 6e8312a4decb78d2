import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "mocha";
import { golden, goldenFile, stacks } from "./stacks.ts";

describe("What each stack registers", () => {
  for (const stack of stacks)
    it(`is what test/golden/${stack}.json says (make golden accepts a change)`, async () => {
      assert.equal(await golden(stack), await readFile(goldenFile(stack), "utf8"));
    });
});
