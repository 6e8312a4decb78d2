import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { drift, DRIFT_MARKER } from "../../ci/drift.ts";
import { preview } from "./support/events.ts";

describe("the drift issue", () => {
  it("names the stacks that drifted, with what differs", () => {
    const body = drift([preview("drift-none"), preview("drift")]) ?? "";
    assert.ok(body.startsWith(DRIFT_MARKER));
    assert.equal(body.match(/^### /gm)?.length, 1);
    assert.match(body, /^! replace \S+:RandomPassword password\n {4}length: 32 → 33$/m);
    assert.doesNotMatch(body, /\*\*Policies/);
  });

  it("is none when every stack runs as the program says", () => {
    assert.equal(drift([preview("drift-none")]), undefined);
  });

  it("is left alone when a preview failed and nothing is known", () => {
    for (const name of ["failing", "not-started"])
      assert.throws(
        () => drift([preview("drift"), preview(name)]),
        /^Error: The preview of (dev|not-started) failed, so nothing is known of its drift\.$/,
      );
  });
});
