import { after, before, describe, it } from "mocha";
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { tls } from "../../../local/providers/tls/provider.ts";
import { secret, start, unknown, type Engine, type Json } from "./support/engine.ts";

const revealed = (value: unknown) => String((value as { value: unknown }).value);
const hour = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();

describe("plugin tls", () => {
  let engine: Engine;
  let urns: Record<"key" | "root" | "request" | "leaf", string>;
  let rootKey: string;
  let leafKey: string;
  let root: Made;
  let request: Made;
  let leaf: Made;
  let rootInputs: Json;
  let requestInputs: Json;
  let leafInputs: Json;

  before(async () => {
    engine = await start(tls);
    await engine.configure();
    urns = {
      key: engine.urn("index/privateKey:PrivateKey"),
      root: engine.urn("index/selfSignedCert:SelfSignedCert"),
      request: engine.urn("index/certRequest:CertRequest"),
      leaf: engine.urn("index/locallySignedCert:LocallySignedCert"),
    };
    [rootKey, leafKey] = [await newKey(), await newKey()];
    rootInputs = {
      privateKeyPem: secret(rootKey),
      subject: { commonName: "An authority", organization: "Example" },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: 48,
    };
    root = await engine.create(urns.root, rootInputs);
    requestInputs = {
      privateKeyPem: secret(leafKey),
      subject: { commonName: "a server" },
      dnsNames: ["localhost", "*.internal.svc"],
      ipAddresses: ["127.0.0.1", "::1"],
    };
    request = await engine.create(urns.request, requestInputs);
    leafInputs = {
      caCertPem: root.state["certPem"] ?? null,
      caPrivateKeyPem: secret(rootKey),
      certRequestPem: request.state["certRequestPem"] ?? null,
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: 24,
      earlyRenewalHours: 6,
    };
    leaf = await engine.create(urns.leaf, leafInputs);
  });
  after(() => engine.close());

  async function newKey(): Promise<string> {
    const { state } = await engine.create(urns.key, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    return revealed(state["privateKeyPem"]);
  }

  const certificate = ({ state }: Made) => new X509Certificate(state["certPem"] as string);
  /** The state as it will be when the certificate has so many hours left. */
  const later = ({ state }: Made, hours: number) => ({ ...state, validityEndTime: inHours(hours) });

  describe("PrivateKey", () => {
    it("makes a key of the curve, secret in both forms, with a digest as id", async () => {
      const inputs = { algorithm: "ECDSA", ecdsaCurve: "P384" };
      const { id, state } = await engine.create(urns.key, inputs);
      assert.match(id, /^[0-9a-f]{40}$/);
      const { privateKeyPem, privateKeyPemPkcs8, publicKeyPem, ...rest } = state;
      assert.match(revealed(privateKeyPem), /^-----BEGIN EC PRIVATE KEY-----\n/);
      assert.match(revealed(privateKeyPemPkcs8), /^-----BEGIN PRIVATE KEY-----\n/);
      assert.match(publicKeyPem as string, /^-----BEGIN PUBLIC KEY-----\n/);
      for (const key of [privateKeyPem, privateKeyPemPkcs8])
        assert.deepEqual(key, secret(revealed(key)));
      const { asymmetricKeyDetails } = createPrivateKey(revealed(privateKeyPem));
      assert.equal(asymmetricKeyDetails?.namedCurve, "secp384r1");
      assert.deepEqual(rest, { ...inputs, rsaBits: 2048 });
    });

    it("makes another key each time, and the same inputs are no difference", async () => {
      assert.notEqual(rootKey, leafKey);
      const inputs = { algorithm: "ECDSA", ecdsaCurve: "P256" };
      const { id, state } = await engine.create(urns.key, inputs);
      assert.equal((await engine.diff(urns.key, state, inputs)).changes, "none");
      assert.deepEqual((await engine.read(urns.key, id, state, inputs)).state, state);
      const other = { ...inputs, ecdsaCurve: "P521" };
      assert.deepEqual((await engine.diff(urns.key, state, other)).replaces, ["ecdsaCurve"]);
    });

    it("keeps its value out of a preview", async () => {
      const inputs = { algorithm: "ECDSA", ecdsaCurve: "P256" };
      const { state } = await engine.create(urns.key, inputs, true);
      assert.deepEqual(state["privateKeyPem"], secret(unknown));
    });

    for (const [title, inputs, reason] of [
      ["another algorithm", { algorithm: "RSA" }, /"ECDSA" only/],
      ["the default curve", { algorithm: "ECDSA" }, /must be one of P256, P384, P521/],
      ["an unknown curve", { algorithm: "ECDSA", ecdsaCurve: "X" }, /must be one of/],
    ] as const)
      it(`refuses ${title}`, async () => {
        const { failures } = await engine.check(urns.key, inputs);
        assert.match(Object.values(failures).join(), reason);
      });
  });

  describe("SelfSignedCert", () => {
    it("makes an authority of the subject, the uses and the time that were asked for", () => {
      const x509 = certificate(root);
      assert.equal(x509.ca, true);
      assert.equal(x509.subject, "O=Example\nCN=An authority");
      assert.equal(x509.issuer, x509.subject);
      assert.ok(x509.verify(x509.publicKey));
      assert.ok(x509.checkPrivateKey(createPrivateKey(rootKey)));
      const { validFromDate, validToDate } = x509;
      assert.equal(validToDate.getTime() - validFromDate.getTime(), 48 * hour);
      assert.ok(Math.abs(validFromDate.getTime() - Date.now()) < 60_000);
    });

    it("has the serial number as id and keeps the key secret in the state", () => {
      assert.equal(BigInt(`0x${certificate(root).serialNumber}`).toString(), root.id);
      assert.deepEqual(root.state["privateKeyPem"], secret(rootKey));
      const { validityStartTime, validityEndTime, certPem, ...rest } = root.state;
      const times = [validityStartTime, validityEndTime].map((time) => Date.parse(time as string));
      assert.equal(times[1]! - times[0]!, 48 * hour);
      assert.match(
        certPem as string,
        /^-----BEGIN CERTIFICATE-----\n[^]+-----END CERTIFICATE-----\n$/,
      );
      assert.deepEqual(rest, {
        ...rootInputs,
        earlyRenewalHours: 0,
        keyAlgorithm: "ECDSA",
        readyForRenewal: false,
        setAuthorityKeyId: false,
        setSubjectKeyId: false,
      });
    });

    it("is refused as an authority without a name", async () => {
      const { subject, ...inputs } = rootInputs;
      assert.ok(subject);
      const { failures } = await engine.check(urns.root, inputs);
      assert.match(Object.values(failures).join(), /"subject" must name an authority/);
    });

    for (const [title, change, reason] of [
      ["a use it does not know", { allowedUses: ["fun"] }, /does not know the use "fun"/],
      ["a negative time", { validityPeriodHours: -1 }, /at least 0/],
      ["a part of a name it does not know", { subject: { postalCode: "1" } }, /"postalCode"/],
      ["no address", { ipAddresses: ["localhost"] }, /"localhost" is not an IP address/],
    ] as const)
      it(`refuses ${title}`, async () => {
        const { failures } = await engine.check(urns.root, { ...rootInputs, ...change });
        assert.match(Object.values(failures).join(), reason);
      });

    it("says that a key is no PEM, and shows nothing of it", async () => {
      const attempt = engine.create(urns.root, { ...rootInputs, privateKeyPem: secret("hidden") });
      await assert.rejects(attempt, /^Error: the private key is not valid PEM$/);
    });
  });

  describe("CertRequest", () => {
    it("is stable, and another one when a name or the key changes", async () => {
      const { id, state } = request;
      assert.match(id, /^[0-9a-f]{40}$/);
      assert.deepEqual(state["privateKeyPem"], secret(leafKey));
      assert.equal((await engine.diff(urns.request, state, requestInputs)).changes, "none");
      for (const [key, value] of Object.entries({
        dnsNames: ["localhost"],
        ipAddresses: ["127.0.0.1"],
        subject: { commonName: "other" },
        privateKeyPem: secret(rootKey),
      })) {
        const diff = await engine.diff(urns.request, state, { ...requestInputs, [key]: value });
        assert.deepEqual(diff.replaces, [key]);
      }
    });
  });

  describe("LocallySignedCert", () => {
    it("is for the names of the request, by the authority, for servers only", () => {
      const x509 = certificate(leaf);
      const authority = certificate(root);
      assert.equal(x509.subject, "CN=a server");
      assert.ok(x509.checkIssued(authority) && x509.verify(authority.publicKey));
      assert.ok(x509.checkPrivateKey(createPrivateKey(leafKey)));
      assert.equal(x509.ca, false);
      assert.deepEqual(x509.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
      assert.equal(
        x509.subjectAltName,
        "DNS:localhost, DNS:*.internal.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
      );
      assert.equal(BigInt(`0x${x509.serialNumber}`).toString(), leaf.id);
    });

    it("keeps the authority's key secret, the certificate not", () => {
      assert.deepEqual(leaf.state["caPrivateKeyPem"], secret(rootKey));
      assert.equal(typeof leaf.state["certPem"], "string");
      assert.equal(leaf.state["readyForRenewal"], false);
    });

    it("is stable as long as it is not due", async () => {
      for (const state of [leaf.state, later(leaf, 7)])
        assert.equal((await engine.diff(urns.leaf, state, leafInputs)).changes, "none");
    });

    it("is replaced by a plain preview once it is due, the new one made first", async () => {
      const due = later(leaf, 5);
      const diff = await engine.diff(urns.leaf, due, leafInputs);
      assert.equal(diff.changes, "some");
      assert.deepEqual(diff.replaces, ["readyForRenewal"]);
      assert.equal(diff.deleteBeforeReplace, false);
      assert.deepEqual((await engine.diff(urns.leaf, later(leaf, -1), leafInputs)).replaces, [
        "readyForRenewal",
      ]);
    });

    it("is due earlier or later when that alone is set anew, in place", async () => {
      const inputs = { ...leafInputs, earlyRenewalHours: 3 };
      const diff = await engine.diff(urns.leaf, later(leaf, 5), inputs);
      assert.deepEqual([diff.diffs, diff.replaces], [["earlyRenewalHours"], []]);
      const state = await engine.update(urns.leaf, leaf.id, leaf.state, inputs);
      assert.deepEqual(state, { ...leaf.state, earlyRenewalHours: 3 });
    });

    it("says after a refresh that it is due", async () => {
      const read = (state: Json) => engine.read(urns.leaf, leaf.id, state, leafInputs);
      assert.equal((await read(leaf.state)).state["readyForRenewal"], false);
      assert.equal((await read(later(leaf, 5))).state["readyForRenewal"], true);
    });

    it("is replaced when the request or the authority is about to be", async () => {
      for (const key of ["caCertPem", "certRequestPem", "caPrivateKeyPem"]) {
        const diff = await engine.diff(urns.leaf, leaf.state, { ...leafInputs, [key]: unknown });
        assert.deepEqual(diff.replaces, [key]);
      }
    });

    it("is valid under the authority's next certificate, too, when that has the same key", async () => {
      const renewed = await engine.create(urns.root, rootInputs);
      assert.notEqual(renewed.id, root.id);
      assert.ok(certificate(leaf).checkIssued(certificate(renewed)));
      assert.ok(certificate(leaf).verify(certificate(renewed).publicKey));
    });

    for (const input of ["caCertPem", "certRequestPem"])
      it(`says that ${input} is no PEM`, async () => {
        const attempt = engine.create(urns.leaf, { ...leafInputs, [input]: "none" });
        await assert.rejects(attempt, new RegExp(`"${input}" is not valid PEM`));
      });
  });

  it("has no settings", async () => {
    const { failures } = await engine.checkConfig({ proxy: "{}" });
    assert.match(failures["proxy"] ?? "", /does not support the setting "proxy"/);
  });
});

type Made = Awaited<ReturnType<Engine["create"]>>;
