import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { heredocs } from "../../../policy/engine/text.ts";

describe("the heredocs of a script", () => {
  it("end at the first line that is their marker, and may follow each other", () => {
    const script = "cat <<A\n1\nA\ncat <<-'B'\n2\n  B\nA\ncat <<A\n3\nA\n";
    assert.deepEqual(heredocs(script), ["1", "2", "3"]);
  });

  it("are none without an end", () => {
    assert.deepEqual(heredocs("A\ncat <<A\n1\ncat <<B\n2\nB\n"), ["2"]);
  });

  it("are found in one pass: of 160,000 openings, a search for each would take minutes", function () {
    this.timeout(60_000);
    const script = Array.from({ length: 160_000 }, (_, line) => `<<E${line}`).join("\n");
    assert.deepEqual(heredocs(script), []);
  });
});
