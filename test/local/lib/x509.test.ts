import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import {
  createAuthority,
  ExtendedKeyUsage,
  issueCertificate,
  signerOf,
} from "../../../local/lib/x509.ts";
import { temporaryFolder } from "../images/temporary.ts";

describe("certificates", () => {
  const authority = createAuthority({ commonName: "root", validityDays: 10 });
  const leaf = authority.then((root) =>
    issueCertificate(root, {
      commonName: "system:node:a",
      organization: "system:nodes",
      validityDays: 5,
      names: [
        { type: "dns", value: "a.svc.cluster.local." },
        { type: "ip", value: "10.96.0.1" },
      ],
      uses: [ExtendedKeyUsage.serverAuth],
    }),
  );

  it("carry subject, names, uses and life as asked for, and belong to their key", async () => {
    const { certificate, key } = await leaf;
    const parsed = new X509Certificate(certificate);
    assert.equal(parsed.subject, "O=system:nodes\nCN=system:node:a");
    assert.equal(parsed.subjectAltName, "DNS:a.svc.cluster.local., IP Address:10.96.0.1");
    assert.deepEqual(parsed.keyUsage, [ExtendedKeyUsage.serverAuth.toString()]);
    const [from, to] = [parsed.validFromDate.getTime(), parsed.validToDate.getTime()];
    assert.equal(to - from, 5 * 86_400_000 + 3_600_000);
    assert.ok(parsed.checkPrivateKey(createPrivateKey(key)));
  });

  it("are vouched for by their authority alone, in openssl's strict reading", async () => {
    const folder = temporaryFolder();
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const file = write("leaf.crt", (await leaf).certificate);
    const verify = (root: { certificate: string }) =>
      execFileSync(
        "openssl",
        ["verify", "-x509_strict", "-CAfile", write("ca.crt", root.certificate), file],
        { encoding: "utf8", stdio: "pipe" },
      );
    assert.match(verify(await authority), /: OK/);
    const stranger = await createAuthority({ commonName: "root", validityDays: 10 });
    assert.throws(() => verify(stranger));
  });

  it("say nothing of a key that cannot be read", () => {
    for (const text of ["", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"])
      assert.throws(() => signerOf(text), { message: "the private key is not valid PEM" });
  });

  it("are signed with the hash that is asked for", async () => {
    const { certificate } = await createAuthority({
      commonName: "root",
      validityDays: 1,
      hash: "SHA-384",
    });
    const text = execFileSync("openssl", ["x509", "-noout", "-text"], { input: certificate });
    assert.match(text.toString(), /ecdsa-with-SHA384/);
  });
});
