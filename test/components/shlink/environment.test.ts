import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { synth } from "../../support/synth.ts";

describe("Shlink's environment", () => {
  it("makes libpq verify the server's name and authority, and does not rely on Shlink's own switch", async () => {
    const text = (await synth("dev")).text();
    assert.match(text, /"PGSSLMODE","value":"verify-full"/);
    assert.match(text, /"PGSSLROOTCERT","value":"\/run\/config\/postgres\/ca\.crt"/);
    assert.doesNotMatch(text, /DB_USE_ENCRYPTION/);
  });
});
