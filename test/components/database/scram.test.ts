import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { scramVerifier } from "../../../components/database/scram.ts";

describe("A password's verifier", () => {
  it("is the same for the same password and salt, and another for another password", () => {
    const salt = "AAAAAAAAAAAAAAAAAAAAAA==";
    const verifier = scramVerifier("pencil", salt);
    assert.match(
      verifier,
      /^SCRAM-SHA-256\$4096:AAAAAAAAAAAAAAAAAAAAAA==\$[\w+/=]{44}:[\w+/=]{44}$/,
    );
    assert.equal(scramVerifier("pencil", salt), verifier);
    assert.notEqual(scramVerifier("pencils", salt), verifier);
  });

  it("comes out for RFC 7677's example as PostgreSQL stores it", () => {
    assert.equal(
      scramVerifier("pencil", "W22ZaJ0SNY7soEsUEjb6gQ=="),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
    );
  });
});
