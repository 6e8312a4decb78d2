import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { sealStanza } from "../../components/vault/seal.ts";
import { otherSeal } from "../../effects/seal.ts";

const aws = { mode: "awskms", keyShares: 1, keyThreshold: 1, region: "eu", keyId: "one" } as const;
const config = (stanza: string) =>
  `listener "tcp" {\n  address = "[::]:8200"\n}\n${stanza}ui = false\n`;

describe("The seal of a Vault that has data", () => {
  it("is the same by the same key, whatever else the configuration says", () => {
    const stanza = sealStanza(aws);
    for (const one of ["", stanza]) assert.equal(otherSeal(config(one), one), undefined);
    assert.equal(otherSeal(config(stanza), sealStanza({ ...aws, roleArn: "arn" })), undefined);
  });

  it("is another by another mode or another key", () => {
    const stanza = sealStanza(aws);
    assert.deepEqual(otherSeal(config(""), stanza), { has: "shamir", wanted: "awskms" });
    assert.deepEqual(otherSeal(config(stanza), ""), { has: "awskms", wanted: "shamir" });
    assert.deepEqual(otherSeal(config(stanza), sealStanza({ ...aws, keyId: "two" })), {
      has: "kms_key_id one",
      wanted: "kms_key_id two",
    });
  });

  it("does not differ by what only one version of this program writes", () => {
    const old = sealStanza(aws).replace(/.*region.*\n/, "");
    assert.equal(otherSeal(config(old), sealStanza(aws)), undefined);
    assert.equal(otherSeal(config(sealStanza(aws)), old), undefined);
  });
});
