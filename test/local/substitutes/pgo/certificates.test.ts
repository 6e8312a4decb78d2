import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  leafIsValid,
  newLeaf,
  newRoot,
  rootIsValid,
} from "../../../../local/substitutes/pgo/certificates.ts";
import { serverDnsNames } from "../../../../local/substitutes/pgo/certificate-secrets.ts";

const names = serverDnsNames("shlink-db", "postgres", "cluster.local.");
const day = 86_400_000;

const root = await newRoot();
const stranger = await newRoot();
const sibling = await newLeaf(root, names[0] ?? "", names);
const leaf = await newLeaf(root, names[0] ?? "", names);

describe("pgo certificates", () => {
  const parsed = new X509Certificate(leaf.certificate);

  it("name -primary and -replicas in all four forms, and never -ha", () => {
    assert.equal(
      parsed.subjectAltName,
      [
        "DNS:shlink-db-primary.postgres.svc.cluster.local.",
        "DNS:shlink-db-primary.postgres.svc",
        "DNS:shlink-db-primary.postgres",
        "DNS:shlink-db-primary",
        "DNS:shlink-db-replicas.postgres.svc.cluster.local.",
        "DNS:shlink-db-replicas.postgres.svc",
        "DNS:shlink-db-replicas.postgres",
        "DNS:shlink-db-replicas",
      ].join(", "),
    );
    assert.equal(
      parsed.checkHost("shlink-db-primary.postgres.svc"),
      "shlink-db-primary.postgres.svc",
    );
    assert.equal(parsed.checkHost("shlink-db-ha.postgres.svc"), undefined);
  });

  it("are signed by the authority and belong to their key", () => {
    const authority = new X509Certificate(root.certificate);
    assert.ok(authority.ca);
    assert.ok(!parsed.ca);
    assert.ok(parsed.checkIssued(authority));
    assert.ok(parsed.verify(authority.publicKey));
    assert.ok(parsed.checkPrivateKey(createPrivateKey(leaf.key)));
    assert.equal(authority.subject, "CN=postgres-operator-ca");
  });

  it("are made of P-256 keys and signed with SHA-384, as PGO's", () => {
    for (const pem of [root.certificate, leaf.certificate]) {
      const { publicKey, signatureAlgorithm } = new X509Certificate(pem);
      assert.equal(publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
      assert.equal(signatureAlgorithm, "ecdsa-with-SHA384");
    }
  });

  it("satisfy openssl's strict verification, and another authority does not vouch for them", () => {
    const folder = mkdtempSync(join(tmpdir(), "pgo-certificates-"));
    try {
      const file = (name: string, content: string) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      };
      const ca = file("ca.crt", root.certificate);
      const other = file("other.crt", stranger.certificate);
      const crt = file("tls.crt", leaf.certificate);
      const verify = (authority: string) =>
        execFileSync("openssl", ["verify", "-x509_strict", "-CAfile", authority, crt], {
          encoding: "utf8",
          stdio: "pipe",
        });
      assert.match(verify(ca), /: OK/);
      assert.throws(() => verify(other));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are kept while fresh and renewed when a third of their life is left", () => {
    const [subject = ""] = names;
    const now = Date.now();
    assert.equal(leafIsValid(root, leaf, subject, names, now), true);
    assert.equal(leafIsValid(root, leaf, subject, names, now + 240 * day), true);
    assert.equal(leafIsValid(root, leaf, subject, names, now + 250 * day), false);
  });

  it("are renewed when names, authority or key change or nothing readable is there", () => {
    const [subject = ""] = names;
    const now = Date.now();
    assert.equal(leafIsValid(root, leaf, subject, names.slice(1), now), false);
    assert.equal(leafIsValid(stranger, leaf, subject, names, now), false);
    assert.equal(leafIsValid(root, { ...leaf, key: sibling.key }, subject, names, now), false);
    assert.equal(leafIsValid(root, { certificate: "", key: "" }, subject, names, now), false);
  });

  it("come from an authority that lasts ten years and must match its key", () => {
    const now = Date.now();
    assert.equal(rootIsValid(root, now + 3649 * day), true);
    assert.equal(rootIsValid(root, now + 3651 * day), false);
    assert.equal(rootIsValid({ ...root, key: stranger.key }, now), false);
    assert.equal(rootIsValid(leaf, now), false);
  });
});
