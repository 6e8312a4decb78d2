import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { libpqHostMatches, tlsAttempts } from "../../../../local/substitutes/shlink/libpq.ts";

describe("libpq's TLS settings", () => {
  let folder: string;
  let ca: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-libpq-"));
    ca = join(folder, "ca.crt");
    writeFileSync(ca, "certificate");
  });
  after(() => rmSync(folder, { recursive: true }));

  const verified = (env: Record<string, string>) => {
    const [first] = tlsAttempts({ HOME: folder, ...env }, "db");
    return first !== false && first?.rejectUnauthorized;
  };

  it("prefer TLS without checking anything by default, and make do without", () => {
    assert.deepEqual(tlsAttempts({ HOME: folder }, "db"), [{ rejectUnauthorized: false }, false]);
  });

  it("are not touched by DB_USE_ENCRYPTION", () => {
    const env = { HOME: folder, DB_USE_ENCRYPTION: "true" };
    assert.deepEqual(tlsAttempts(env, "db"), tlsAttempts({ HOME: folder }, "db"));
  });

  it("verify in verify-ca and verify-full, and in require once a root certificate is there", () => {
    assert.equal(verified({ PGSSLMODE: "require" }), false);
    assert.equal(verified({ PGSSLMODE: "require", PGSSLROOTCERT: ca }), true);
    assert.equal(verified({ PGSSLMODE: "verify-ca", PGSSLROOTCERT: ca }), true);
    assert.equal(verified({ PGSSLMODE: "verify-full", PGSSLROOTCERT: ca }), true);
  });

  it("refuse to verify without a root certificate", () => {
    const env = { PGSSLMODE: "verify-full", PGSSLROOTCERT: join(folder, "none") };
    assert.throws(() => tlsAttempts(env, "db"), /root certificate file ".*none" does not exist/);
  });

  it("refuse a mode nobody knows", () => {
    assert.throws(
      () => tlsAttempts({ PGSSLMODE: "verify" }, "db"),
      /invalid sslmode value: "verify"/,
    );
  });

  it("compare names exactly, so a trailing dot in the certificate matches nothing", () => {
    const names = ["db-primary.postgres.svc.cluster.local.", "db-primary.postgres.svc"];
    assert.ok(libpqHostMatches("db-primary.postgres.svc", names));
    assert.ok(!libpqHostMatches("db-primary.postgres.svc.cluster.local", names));
    assert.ok(!libpqHostMatches("db-ha.postgres.svc", names));
  });

  it("let a star stand for one label", () => {
    assert.ok(libpqHostMatches("a.example.org", ["*.example.org"]));
    assert.ok(!libpqHostMatches("a.b.example.org", ["*.example.org"]));
  });
});
