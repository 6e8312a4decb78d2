import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { canonicalJson } from "../../../../local/providers/vault/json.ts";

describe("vault plugin's JSON", () => {
  it("writes JSON in one form, whatever its spelling", () => {
    assert.equal(
      canonicalJson('{"b":[{"z":null,"a":true}],"a":"x&y"}'),
      '{"a":"x\\u0026y","b":[{"a":true,"z":null}]}',
    );
  });
});
