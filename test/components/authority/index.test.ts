import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { certify } from "../../../components/authority/certificate.ts";
import { secretMark } from "../../../plan/render.ts";
import { component, mark, release, synth, type Synthesis, winning } from "../../support/synth.ts";

type Tls = { mode: string } & Record<string, unknown>;
const internal = { mode: "internal", validityDays: 30, renewBeforeDays: 10 };
const byHand = { mode: "secret", secretName: "vault-server-tls" };
const publicTls = { mode: "secret", credentialName: "shlink-tls" };

/** Stack prod with other certificates. */
const prod = (vault: Tls, routing: Tls) =>
  synth("prod", { vault: { tls: vault }, routing: { tls: routing } });

const authority = component("CertificateAuthority", "authority");
const type = (name: string) => `tls:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
const of = (server: string) => [
  `kubernetes:core/v1:Secret::${server}`,
  `${type("CertRequest")}::${server}`,
  `${type("LocallySignedCert")}::${server}`,
  `${type("PrivateKey")}::${server}`,
];
const own = [
  "pulumi:providers:tls::tls",
  `${type("PrivateKey")}::authority`,
  `${type("SelfSignedCert")}::authority`,
];
const issued = (server: string) => component("IssuedCertificate", server);
const owners = {
  "vault-server": component("VaultServer", "vault-server"),
  gateway: component("Routing", "routing"),
};
const gateway = "kubernetes:networking.istio.io/v1:Gateway::shlink-gateway";

describe("The certificate authority", () => {
  let stack: Synthesis;
  before(async () => {
    stack = await prod(internal, internal);
  });

  it("is a key and a certificate", () => {
    assert.deepEqual(stack.children(authority), own.sort());
  });

  it("signs for each server a certificate, which is a part of that server with its key and its Secret", () => {
    for (const [server, owner] of Object.entries(owners)) {
      assert.deepEqual(stack.children(issued(server)), of(server).sort());
      assert.equal(stack.resource(issued(server)).parent, owner);
    }
  });

  for (const [title, vault, routing, server] of [
    ["Vault", internal, publicTls, "vault-server"],
    ["the gateway", byHand, internal, "gateway"],
  ] as const)
    it(`signs for ${title} alone when only that is internal`, async () => {
      const one = await prod(vault, routing);
      assert.deepEqual(one.children(authority), own.sort());
      const found = one.registrations.filter((made) => /IssuedCertificate/.test(made.type));
      assert.deepEqual(
        found.map(({ name }) => name),
        [server],
      );
      assert.deepEqual(one.children(issued(server)), of(server).sort());
    });

  it("does not exist where no certificate is internal, nor does anything of its kind", async () => {
    for (const one of [
      await prod(byHand, publicTls),
      await prod(byHand, { mode: "plaintext" }),
      await synth("dev"),
    ]) {
      const found = one.registrations.filter(({ type }) =>
        /tls:|CertificateAuthority|IssuedCertificate/.test(type),
      );
      assert.deepEqual(found, []);
    }
  });

  it("makes keys on P-256, secret wherever they are used", () => {
    const { registrations } = stack;
    const keys = registrations.filter((one) => one.type === type("PrivateKey"));
    assert.equal(keys.length, 3);
    for (const { inputs } of keys)
      assert.deepEqual(inputs, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const uses = registrations
      .filter((one) => one.type.startsWith("tls:"))
      .map(({ inputs }) => inputs);
    const used = uses.flatMap((inputs) =>
      ["privateKeyPem", "caPrivateKeyPem"].flatMap((key) => inputs[key] ?? []),
    );
    assert.deepEqual(used, Array(5).fill(secretMark));
    assert.doesNotMatch(stack.text(), /(authority|vault-server|gateway)-key/);
  });

  it("may sign certificates and nothing else, for longer than anything it signs is valid", () => {
    const root = stack.resource(`${type("SelfSignedCert")}::authority`).inputs;
    assert.equal(root["isCaCertificate"], true);
    assert.deepEqual(root["allowedUses"], ["cert_signing", "crl_signing"]);
    assert.equal(root["validityPeriodHours"], 3650 * 24);
    // The longest that a setting may ask for.
    assert.equal(root["earlyRenewalHours"], 825 * 24);
  });

  it("signs for servers, as long as is set, and anew as long before the end as is set", () => {
    for (const server of ["vault-server", "gateway"]) {
      const signed = stack.resource(`${type("LocallySignedCert")}::${server}`).inputs;
      assert.deepEqual(signed["allowedUses"], ["digital_signature", "server_auth"]);
      assert.equal(signed["validityPeriodHours"], 30 * 24);
      assert.equal(signed["earlyRenewalHours"], 10 * 24);
      assert.equal(signed["caCertPem"], "authority-certificate");
      assert.equal(signed["certRequestPem"], `${server}-request`);
      assert.equal(signed["isCaCertificate"], undefined);
    }
  });

  it("certifies the Vault servers under every name and address they are called by", () => {
    const { dnsNames, ipAddresses } = stack.resource(`${type("CertRequest")}::vault-server`).inputs;
    assert.deepEqual(dnsNames, [
      "vault",
      "vault.vault",
      "vault.vault.svc",
      "vault.vault.svc.cluster.local",
      ...["vault-0", "vault-1", "vault-2"].flatMap((pod) => [
        `${pod}.vault-internal`,
        `${pod}.vault-internal.vault`,
        `${pod}.vault-internal.vault.svc`,
        `${pod}.vault-internal.vault.svc.cluster.local`,
      ]),
      "localhost",
    ]);
    assert.deepEqual(ipAddresses, ["127.0.0.1", "::1"]);
  });

  it("certifies the gateway for the public hosts only", () => {
    const { dnsNames, ipAddresses } = stack.resource(`${type("CertRequest")}::gateway`).inputs;
    assert.deepEqual([dnsNames, ipAddresses], [["s.example.com"], []]);
  });

  for (const [server, name, namespace] of [
    ["vault-server", "vault-server-tls", "vault"],
    ["gateway", "shlink-tls", "istio-ingress"],
  ] as const)
    it(`puts what ${server} needs into Secret ${namespace}/${name}`, () => {
      const { inputs } = stack.resource(`kubernetes:core/v1:Secret::${server}`);
      assert.deepEqual(inputs["metadata"], {
        name,
        namespace,
        labels: mark("prod"),
        annotations: winning,
      });
      assert.equal(inputs["type"], "kubernetes.io/tls");
      assert.equal(inputs["stringData"], secretMark);
    });

  it("is missed by whoever shall have a certificate and finds none", () => {
    const server = { namespace: "vault", secretName: "tls", dnsNames: [] };
    assert.throws(
      () => certify("vault-server", internal, undefined, server, {}),
      /^Error: IssuedCertificate "vault-server": there is no authority to sign it\.$/,
    );
  });

  it("comes after the janitor, which goes last", () => {
    assert.deepEqual(stack.resource(authority).dependsOn, [component("Janitor", "janitor")]);
  });

  it("has Vault's Secret in place before the servers; one that is put by hand is waited for by the pods", async () => {
    const secret = "kubernetes:core/v1:Secret::vault-server";
    assert.deepEqual(stack.resource(release("vault")).dependsOn, [secret]);
    const registered = stack.registrations.map((one) => `${one.type}::${one.name}`);
    assert.ok(registered.indexOf(secret) < registered.indexOf(release("vault")));
    const hand = await prod(byHand, publicTls);
    assert.deepEqual(hand.resource(release("vault")).dependsOn, []);
  });

  it("changes nothing else than where certificates come from", async () => {
    const others = ({ registrations }: Synthesis) =>
      registrations
        .filter((one) => !/^(tls:|pulumi:providers:tls)|CertificateAuthority/.test(one.type))
        .filter((one) => !/IssuedCertificate/.test(`${one.type} ${one.parent}`))
        .map((one) => (one.name === "vault" ? { ...one, dependsOn: [] } : one));
    assert.deepEqual(others(stack), others(await prod(byHand, publicTls)));
    assert.equal(stack.input(gateway, "spec", "servers", 1, "tls", "credentialName"), "shlink-tls");
  });
});
