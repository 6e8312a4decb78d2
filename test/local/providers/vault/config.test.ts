import { afterEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig, refuseConfig } from "../../../../local/providers/vault/config.ts";

const settings = {
  address: "",
  authLoginTokenFile: JSON.stringify({ filename: "token" }),
  skipChildToken: "true",
  maxRetries: "2",
  maxLeaseTtlSeconds: "1200",
};

describe("vault plugin's settings", () => {
  it("refuses what the local plugin does not have, and wrong types, by name", () => {
    assert.deepEqual(refuseConfig({ ...settings, authLoginJwt: "{}", maxRetries: "many" }), {
      authLoginJwt: 'the local plugin does not support the setting "authLoginJwt"',
      maxRetries: "it must be of type integer",
    });
    assert.deepEqual(refuseConfig({ ...settings, version: "7.8.0" }), {});
  });

  afterEach(() => {
    delete process.env["VAULT_TOKEN"];
  });

  it("falls back to Vault's environment variables, as the real one does", () => {
    const env = { VAULT_ADDR: "http://v", VAULT_TOKEN: "t", VAULT_SKIP_VERIFY: "true" };
    const config = readConfig({}, env);
    assert.equal(config.address, "http://v");
    assert.equal(config.token(), "t");
    assert.equal(config.skipTlsVerify, true);
    assert.equal(config.skipChildToken, false);
  });

  it("prefers a token file over every other token", () => {
    writeFileSync(join(tmpdir(), "vault-plugin-token"), "from-file", { mode: 0o600 });
    const login = JSON.stringify({ filename: join(tmpdir(), "vault-plugin-token") });
    const config = readConfig(
      { authLoginTokenFile: login, token: "plain" },
      { VAULT_TOKEN: "env" },
    );
    assert.equal(config.token(), "from-file");
    rmSync(join(tmpdir(), "vault-plugin-token"));
  });

  it("says that there is no token when there is none", () => {
    assert.throws(
      () => readConfig({}, { HOME: "/nowhere" }).token(),
      /no vault token set on Client/,
    );
  });
});
