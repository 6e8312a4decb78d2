import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { forgottenKeys } from "../../effects/forgotten-keys.ts";

describe("API keys that the stack has made", () => {
  const made = new Set(["Job shlink/shlink-migration-1", "Job shlink/shlink-api-keys-0a1b2c3d"]);

  it("are not forgotten, since they would stay valid", () => {
    assert.match(forgottenKeys(made, false) ?? "", /^The stack has made API keys.*apiKeys: \{\}/);
  });

  it("are in nobody's way where the settings say of them, and where there were none", () => {
    assert.equal(forgottenKeys(made, true), undefined);
    assert.equal(forgottenKeys(new Set(["Job shlink/shlink-migration-1"]), false), undefined);
    assert.equal(forgottenKeys(undefined, false), undefined);
  });
});
