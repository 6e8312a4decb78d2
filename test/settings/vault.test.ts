import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import { authority } from "../support/outside.ts";
import { changed } from "./support.ts";

const least = {
  mode: "existing",
  address: "https://vault.example.com:8200",
  login: { mode: "kubernetes" },
};
const pem = (what: string) => `-----BEGIN ${what}-----\nMIIB\n-----END ${what}-----\n`;
const parse = (change: object) =>
  parseSettings("f", changed("vault", { ...least, ...change })).vault;

describe("A Vault that somebody else runs, in the stack file", () => {
  it("needs an address and a login; the rest has usual names", () => {
    assert.deepEqual(parse({}), {
      ...least,
      prefix: "shlink",
      login: {
        mode: "kubernetes",
        path: "kubernetes",
        role: "shlink-deployer",
        namespace: "shlink-deployer",
        account: "shlink-deployer",
        audience: "vault",
      },
      accounts: { mode: "own" },
    });
  });

  it("may be none, and then nothing is copied by External Secrets either", () => {
    const settings = changed("vault", { mode: "none" });
    assert.deepEqual(parseSettings("f", settings).vault, { mode: "none" });
    const both = { ...settings, externalSecrets: { mode: "existing" } };
    assert.throws(
      () => parseSettings("f", both),
      /externalSecrets\.mode: must be left out with vault\.mode none/,
    );
  });

  for (const [change, message] of [
    [
      { address: "http://vault.example.com" },
      /vault\.address: must be an address with a host name/,
    ],
    [{ address: "https://10.0.0.1:8200" }, /vault\.address: must be an address with a host name/],
    [{ address: "https://vault.example.com/ui" }, /vault\.address: must be an address/],
    [
      { address: "https://vault.example.com:99999" },
      /vault\.address: must be an address with a host name/,
    ],
    [{ address: "https://vault.1" }, /vault\.address: must be an address with a host name/],
    [
      { authority: pem("CERTIFICATE") },
      /vault\.authority: must begin with the certificate of an authority in PEM/,
    ],
    [{ authority: "ca.crt" }, /vault\.authority: must begin with the certificate/],
    [{ authority: `${authority}${pem("PRIVATE KEY")}` }, /vault\.authority: must have no/],
    [{ prefix: "sys" }, /vault\.prefix: must not be sys, auth, identity or cubbyhole/],
    [{ namespace: "/team" }, /vault\.namespace: must be a path/],
    [{ prefix: "a/b" }, /vault\.prefix: must be a DNS label/],
    [{ login: undefined }, /vault\.login: /],
    [{ login: { mode: "jwt" } }, /vault\.login\.file: /],
    [{ login: { mode: "tokenFile", file: "" } }, /vault\.login\.file: /],
    [{ login: { mode: "tokenFile", token: "hvs.x" } }, /vault\.login: does not know token/],
    [
      { login: { mode: "jwt", file: "f", role: "a b" } },
      /vault\.login\.role: must be a role's name/,
    ],
    [{ accounts: { mode: "existing" } }, /vault\.accounts\.path: /],
    [{ tls: { mode: "plaintext" } }, /vault: does not know tls/],
    [{ mode: "theirs" }, /vault\.mode: must be "install", "existing" or "none"/],
    [{ mode: "none" }, /vault: does not know address, login/],
  ] as [object, RegExp][])
    it(`is refused as ${JSON.stringify(change)}`, () => {
      assert.throws(() => parse(change), message);
    });
});
