import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { currentText, derived } from "../../plan/accept.ts";

describe("What follows from the program, its settings and its policies", () => {
  for (const [path, make] of Object.entries(derived))
    it(`is what ${path} says (\`make accept\` writes it)`, async () => {
      const current = await currentText(path);
      assert.equal(await make(current), current);
    });
});
