import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { synth } from "../../support/synth.ts";

const path = ["values", "server", "ha", "raft", "config"];

describe("Vault's configuration", () => {
  let config: string;
  before(async () => {
    const prod = await synth("prod");
    config = prod.input("kubernetes:helm.sh/v3:Release::vault", ...path) as string;
  });

  it("has a certificate on its listener and joins by name where TLS is set", () => {
    assert.doesNotMatch(config, /tls_disable/);
    assert.match(config, /tls_cert_file = "\/vault\/tls\/tls\.crt"/);
    assert.equal(config.match(/retry_join/g)?.length, 3);
    assert.match(config, /leader_api_addr = "https:\/\/vault-2\.vault-internal:8200"/);
  });

  it("leaves disable_mlock to the chart, and keeps the label service that the active Service needs", () => {
    assert.doesNotMatch(config, /disable_mlock/);
    assert.match(config, /service_registration "kubernetes" \{\}/);
  });
});
