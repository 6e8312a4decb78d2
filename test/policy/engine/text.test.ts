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

  it("take time that grows with the text and not with its square", () => {
    const times = [20_000, 160_000].map((lines) => {
      const script = Array.from({ length: lines }, (_, line) => `<<E${line}`).join("\n");
      const started = performance.now();
      assert.deepEqual(heredocs(script), []);
      return performance.now() - started;
    });
    const [short = 0, long = 0] = times;
    assert.ok(long < 32 * Math.max(short, 20), `${short} ms, then ${long} ms`);
  });
});
