import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newAuthority, newCertificate } from "../../../support/certificates.ts";
import { VaultClient } from "../../../../local/providers/vault/client.ts";
import { readConfig } from "../../../../local/providers/vault/config.ts";
import { FakeVault } from "../support/vault.ts";

const root = await newAuthority();

const { key, certificate } = await newCertificate(root, "vault.vault.svc");

describe("vault plugin over TLS", () => {
  const secure = new FakeVault({ key, cert: certificate });
  const caCertFile = join(tmpdir(), `vault-plugin-${process.pid}.crt`);
  let url = "";

  before(async () => {
    url = await secure.listen();
    writeFileSync(caCertFile, root.certificate);
  });
  after(() => {
    secure.close();
    rmSync(caCertFile);
  });

  const read = (more: Record<string, string>) => {
    const config = readConfig({ address: url, token: "root", skipChildToken: "true", ...more }, {});
    const pause = () => Promise.reject(new Error("a certificate is not worth another attempt"));
    return new VaultClient(config, new AbortController().signal, pause).read("sys/policies/acl/x");
  };

  it("trusts the given authority for the given name", async () => {
    assert.equal(await read({ caCertFile, tlsServerName: "vault.vault.svc" }), undefined);
  });

  for (const [title, more] of [
    ["another name", { caCertFile, tlsServerName: "other.vault.svc" }],
    ["the address when no name is given", { caCertFile }],
    ["another authority", { tlsServerName: "vault.vault.svc" }],
  ] as const) {
    it(`does not trust the server for ${title}, and does not try again`, async () => {
      await assert.rejects(read(more), /Get "https:.*": tls: failed to verify certificate: /);
    });
  }

  it("says so when the authority's file is missing", async () => {
    await assert.rejects(read({ caCertFile: "/no/ca.crt" }), {
      message:
        /failed to configure TLS for Vault API: Error loading CA File: open \/no\/ca\.crt: no such file/,
    });
  });
});
