import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import { certificateSpec } from "../../../components/routing/certificates.ts";
import {
  destinationSpec,
  gatewaySpec,
  virtualServiceSpec,
} from "../../../components/routing/traffic.ts";
import type { RoutingTls } from "../../../components/routing/types.ts";
import { mark, stacks, synth, type Synthesis, winning } from "../../support/synth.ts";

const hosts = ["s.example.com"];
const certManager = {
  mode: "certManager",
  issuer: { kind: "ClusterIssuer", name: "letsencrypt" },
  certificates: "shared",
  http01: false,
} as const;
const routes = (tls: RoutingTls) => {
  const service = { host: pulumi.output("h"), port: 8080 };
  return virtualServiceSpec({ hosts, service, basePath: "", tls }).http;
};

describe("The client's address", () => {
  it("is the only one Shlink gets, whatever a visitor sends and however many proxies there are", async () => {
    for (const trustedProxies of [0, 2]) {
      const prod = await synth("prod", { routing: { trustedProxies } });
      // Shlink's own count is its sidecar alone.
      assert.match(prod.text(), /"TRUSTED_PROXIES","value":"1"/);
      const http = httpOf(prod);
      assert.equal(http.length, 3);
      for (const { headers } of http) {
        assert.deepEqual(headers.request.set, {
          "x-forwarded-for": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        });
        assert.deepEqual(headers.request.remove, [
          "cf-connecting-ip",
          "true-client-ip",
          "x-real-ip",
          "forwarded",
          "x-forwarded",
          "x-cluster-client-ip",
          "client-ip",
        ]);
      }
    }
  });
});

describe("The gateway's certificate", () => {
  it("is asked of cert-manager in the gateway's namespace, for the hosts, and used", async () => {
    const prod = await synth("prod", { routing: { tls: certManager } });
    const certificate = "kubernetes:cert-manager.io/v1:Certificate::shlink-certificate";
    assert.deepEqual(prod.input(certificate, "metadata"), {
      name: "shlink-certificate",
      namespace: "istio-ingress",
      annotations: { "pulumi.com/waitFor": "condition=Ready", ...winning },
      labels: mark("prod"),
    });
    const served = { hosts, credentialName: "shlink-tls" };
    const spec = certificateSpec(served, certManager.issuer);
    assert.deepEqual(prod.input(certificate, "spec"), spec);
    assert.deepEqual(spec.dnsNames, ["s.example.com"]);
    assert.deepEqual(spec.issuerRef, {
      group: "cert-manager.io",
      kind: "ClusterIssuer",
      name: "letsencrypt",
    });
    const [, https] = gatewaySpec({}, hosts, certManager).servers;
    assert.deepEqual(https && "tls" in https && https.tls, {
      mode: "SIMPLE",
      credentialName: spec.secretName,
      minProtocolVersion: "TLSV1_2",
    });
  });

  it("is not asked for where a Secret is given, or none is wanted", async () => {
    for (const stack of stacks) {
      const { registrations } = await synth(stack);
      assert.ok(!registrations.some(({ type }) => type.includes("cert-manager")), stack);
    }
  });

  it("comes with the redirect and HSTS, which plain HTTP does not", () => {
    const sets = (tls: RoutingTls) => routes(tls).map(({ headers }) => headers.response?.set);
    const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };
    assert.deepEqual(sets(certManager), [hsts, hsts, hsts]);
    assert.deepEqual(sets({ mode: "plaintext" }), [undefined, undefined, undefined]);
    const [http] = gatewaySpec({}, [], certManager).servers;
    assert.deepEqual(http && "tls" in http && http.tls, { httpsRedirect: true });
  });

  it("is served by TLS 1.2 or newer beside a redirect of HTTP", () => {
    const tls: RoutingTls = { mode: "secret", credentialName: "c" };
    const { servers } = gatewaySpec({ istio: "ingressgateway" }, hosts, tls);
    assert.deepEqual(
      servers.map(({ port }) => port.number),
      [80, 443],
    );
    assert.deepEqual(servers[0] && "tls" in servers[0] && servers[0].tls, { httpsRedirect: true });
    assert.match(JSON.stringify(servers[1]), /TLSV1_2/);
  });
});

describe("The routes", () => {
  it("retry a write only when no server can have seen it", () => {
    const [apiReads, redirects, writes] = routes({ mode: "plaintext" });
    assert.ok(apiReads && "match" in apiReads && redirects && "match" in redirects);
    assert.deepEqual(writes?.retries, { attempts: 2, retryOn: "connect-failure,refused-stream" });
    assert.ok(!("match" in writes));
    const methods = ["GET", "HEAD"];
    for (const [route, prefix] of [
      [apiReads, "/rest/"],
      [redirects, "/"],
    ] as const) {
      const match = methods.map((exact) => ({ method: { exact }, uri: { prefix } }));
      assert.deepEqual(route.match, match);
      assert.ok(3 * 3 <= Number.parseInt(route.timeout, 10));
    }
  });

  it("eject one of several servers, and never the only one", () => {
    const ejected = (replicas: number) => {
      const { trafficPolicy } = destinationSpec(pulumi.output("h"), replicas);
      return "outlierDetection" in trafficPolicy
        ? trafficPolicy.outlierDetection?.maxEjectionPercent
        : undefined;
    };
    assert.deepEqual([3, 2, 1].map(ejected), [34, 50, undefined]);
  });
});

const httpOf = (stack: Synthesis) =>
  stack.input(
    "kubernetes:networking.istio.io/v1:VirtualService::shlink-virtualservice",
    "spec",
    "http",
  ) as { headers: { request: { set: object; remove: string[] } } }[];
