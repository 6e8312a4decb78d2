import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { hostChecksum } from "../../../components/routing/acme.ts";
import { waitingFor, type CertManager } from "../../../components/routing/certificates.ts";
import { component, synth, type Synthesis, winning } from "../../support/synth.ts";

const hosts = ["s.example.com", "go.example.org"];
const issuer = { kind: "ClusterIssuer", name: "letsencrypt" };
const istio = (kind: string, name: string) => `kubernetes:networking.istio.io/v1:${kind}::${name}`;
const certificate = (name: string) => `kubernetes:cert-manager.io/v1:Certificate::${name}`;
const routing = component("Routing", "routing");

const stackWith = (tls: object) =>
  synth("prod", { routing: { hosts, tls: { mode: "certManager", issuer, ...tls } } });

describe("A certificate that is asked for by HTTP-01", () => {
  let stack: Synthesis;
  before(async () => {
    stack = await stackWith({ http01: true });
  });

  it("has its host's checksum from cert-manager's own labels", () => {
    // As `kubectl` shows it in two reports of users.
    assert.equal(hostChecksum("testcertmanager.ankitrathi.info"), "3409775745");
    assert.equal(hostChecksum("Wikipedia"), `${0x11e60398}`);
  });

  it("leads the issuer's questions about each host to the pod that answers for it", () => {
    for (const host of hosts) {
      const service = `kubernetes:core/v1:Service::acme-solver-${host}`;
      assert.equal(stack.input(service, "metadata", "namespace"), "istio-ingress");
      assert.deepEqual(stack.input(service, "spec", "selector"), {
        "acme.cert-manager.io/http01-solver": "true",
        "acme.cert-manager.io/http-domain": hostChecksum(host),
      });
      const name = String(stack.input(service, "metadata", "name"));
      const route = istio("VirtualService", `shlink-acme-${host}`);
      assert.deepEqual(stack.input(route, "spec", "hosts"), [host]);
      assert.deepEqual(stack.input(route, "spec", "gateways"), ["shlink-acme"]);
      const [question] = stack.input(route, "spec", "http") as Route[];
      assert.deepEqual(question?.match, [{ uri: { prefix: "/.well-known/acme-challenge/" } }]);
      assert.deepEqual(question.route, [
        {
          destination: {
            host: `${name}.istio-ingress.svc.cluster.local`,
            port: { number: 8089 },
          },
        },
      ]);
      assert.equal(question.redirect, undefined);
    }
  });

  it("redirects all other HTTP, and no server redirects the questions", () => {
    for (const host of hosts) {
      const routes = stack.input(istio("VirtualService", `shlink-acme-${host}`), "spec", "http");
      const { match, route, redirect } = (routes as Route[]).at(-1) ?? {};
      assert.deepEqual([match, route], [undefined, undefined]);
      assert.deepEqual(redirect, { scheme: "https", redirectCode: 301 });
    }
    const servers = ["shlink-gateway", "shlink-acme"].flatMap(
      (name) => stack.input(istio("Gateway", name), "spec", "servers") as Server[],
    );
    assert.deepEqual(
      servers.map(({ port, tls }) => [port.number, tls?.httpsRedirect]),
      [
        [443, undefined],
        [80, undefined],
      ],
    );
  });

  it("is asked for after the way in is there, and waited for", () => {
    const request = certificate("shlink-certificate");
    const { dependsOn, inputs } = stack.resource(request);
    assert.deepEqual(
      [...dependsOn].sort(),
      [
        istio("Gateway", "shlink-acme"),
        ...hosts.map((host) => istio("VirtualService", `shlink-acme-${host}`)),
        ...hosts.map((host) => `kubernetes:core/v1:Service::acme-solver-${host}`),
      ].sort(),
    );
    const { annotations } = inputs["metadata"] as { annotations: object };
    assert.deepEqual(annotations, { "pulumi.com/waitFor": "condition=Ready", ...winning });
  });

  it("is announced with what it needs, so that nobody wonders why the command takes its time", () => {
    const served = { hosts, credentialName: "shlink-tls" };
    const tls = { mode: "certManager", issuer, certificates: "shared", http01: true } as const;
    assert.equal(
      waitingFor("shlink-certificate", served, tls as CertManager),
      "Waiting for ClusterIssuer letsencrypt to issue cert-manager's Certificate istio-ingress/shlink-certificate for " +
        "s.example.com, go.example.org, whose DNS records must lead to the gateway's Service " +
        "istio-ingress/istio-ingressgateway by now. How far it is: kubectl -n istio-ingress describe certificate " +
        "shlink-certificate",
    );
  });

  it("needs none of this where the issuer asks otherwise", async () => {
    const other = await stackWith({});
    assert.ok(!other.text().includes("acme"));
    assert.deepEqual(other.resource(certificate("shlink-certificate")).dependsOn, []);
  });
});

describe("A certificate for each host", () => {
  const secrets = (stack: Synthesis) =>
    (stack.input(istio("Gateway", "shlink-gateway"), "spec", "servers") as Server[])
      .filter(({ port }) => port.number === 443)
      .map((server) => [server.hosts, server.tls?.credentialName, server.port.name]);

  it("is asked of cert-manager, each in its own Secret, from which the gateway serves it", async () => {
    const stack = await stackWith({ certificates: "perHost" });
    assert.deepEqual(
      secrets(stack),
      hosts.map((host, index) => [[host], `shlink-tls-${host}`, ["https", "https-1"][index]]),
    );
    const requests = stack.children(routing).filter((key) => key.includes(":Certificate::"));
    assert.deepEqual(
      requests,
      [...hosts.map((host) => certificate(`shlink-certificate-${host}`))].sort(),
    );
    for (const host of hosts) {
      const request = certificate(`shlink-certificate-${host}`);
      assert.deepEqual(stack.input(request, "spec", "dnsNames"), [host]);
      assert.equal(stack.input(request, "spec", "secretName"), `shlink-tls-${host}`);
    }
  });

  it("is taken from the Secret that is named for it; hosts of one Secret share a server", async () => {
    const credentialName = { "s.example.com": "a.b", "go.example.org": "c", "x.example.org": "c" };
    const three = [...hosts, "x.example.org"];
    const stack = await synth("prod", {
      routing: { hosts: three, tls: { mode: "secret", credentialName } },
    });
    assert.deepEqual(secrets(stack), [
      [["s.example.com"], "a.b", "https"],
      [["go.example.org", "x.example.org"], "c", "https-1"],
    ]);
  });
});

interface Route {
  match?: object[];
  route?: object[];
  redirect?: object;
}
interface Server {
  port: { number: number; name: string };
  hosts: string[];
  tls?: { httpsRedirect?: boolean; credentialName?: string };
}
