import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { component, synth, type Synthesis } from "../../support/synth.ts";

const istio = (group: string, kind: string, name: string) =>
  `kubernetes:${group}.istio.io/v1:${kind}::${name}`;
const mtls = istio("security", "PeerAuthentication", "shlink-mtls");
const authorization = istio("security", "AuthorizationPolicy", "shlink-authz");
const gateway = istio("networking", "Gateway", "shlink-gateway");
const route = istio("networking", "VirtualService", "shlink-virtualservice");
const destination = istio("networking", "DestinationRule", "shlink-destination");
const egress = istio("networking", "Sidecar", "shlink-egress");
const limit = "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter::shlink-rate-limit";
const host = "shlink.shlink.svc.cluster.local";

describe("The routing", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });
  const policy = (stack: Synthesis, ...path: string[]) =>
    stack.input(destination, "spec", "trafficPolicy", ...path);

  it("is a gateway, a route and a destination, behind mutual TLS, an authorisation and a rate limit, and a way out", () => {
    const expected = [mtls, authorization, gateway, route, destination, limit, egress].sort();
    for (const stack of [dev, prod])
      assert.deepEqual(stack.children(component("Routing", "routing")), expected);
  });

  it("comes after the mesh, whose definitions it uses", () => {
    const { dependsOn } = prod.resource(component("Routing", "routing"));
    assert.deepEqual(dependsOn, [component("Mesh", "mesh")]);
  });

  it("lies in Shlink's namespace, but what the gateway's pods do in theirs", () => {
    for (const key of [mtls, authorization, gateway, route, destination, egress])
      assert.equal(prod.input(key, "metadata", "namespace"), "shlink", key);
    assert.equal(prod.input(limit, "metadata", "namespace"), "istio-ingress");
    assert.deepEqual(prod.input(limit, "spec", "workloadSelector", "labels"), {
      istio: "ingressgateway",
    });
  });

  it("refuses plaintext to every pod in the namespace", () => {
    assert.deepEqual(prod.input(mtls, "spec"), { mtls: { mode: "STRICT" } });
  });

  it("authorises calls to Shlink's pods, and those of the gateway only", () => {
    assert.equal(prod.input(authorization, "spec", "action"), "ALLOW");
    assert.deepEqual(prod.input(authorization, "spec", "selector", "matchLabels"), {
      app: "shlink",
    });
    const rules = prod.input(authorization, "spec", "rules") as { from: object[] }[];
    const principals = ["cluster.local/ns/istio-ingress/sa/istio-ingressgateway"];
    for (const { from } of rules) assert.deepEqual(from, [{ source: { principals } }]);
  });

  it("serves TLS where a certificate is named, and redirects there", () => {
    const servers = prod.input(gateway, "spec", "servers") as GatewayServer[];
    assert.deepEqual(
      servers.map(({ port, hosts, tls }) => [port.number, hosts, tls?.httpsRedirect, tls?.mode]),
      [
        [80, ["s.example.com"], true, undefined],
        [443, ["s.example.com"], undefined, "SIMPLE"],
      ],
    );
    assert.equal(servers[1]?.tls?.credentialName, "shlink-tls");
    for (const { headers } of prod.input(route, "spec", "http") as HttpRoute[])
      assert.match(headers.response?.set["strict-transport-security"] ?? "", /max-age=31536000/);
  });

  it("serves plain HTTP only, without a redirect or HSTS, where none is named", () => {
    const servers = dev.input(gateway, "spec", "servers") as GatewayServer[];
    assert.deepEqual(
      servers.map(({ port, hosts, tls }) => [port.number, hosts, tls]),
      [[80, ["shlink.local", "admin.shlink.local"], undefined]],
    );
    for (const { headers } of dev.input(route, "spec", "http") as HttpRoute[])
      assert.equal(headers.response, undefined);
  });

  it("leads from its own gateway and hosts to Shlink's Service, with a timeout for every request", () => {
    assert.deepEqual(prod.input(route, "spec", "hosts"), ["s.example.com"]);
    assert.deepEqual(prod.input(route, "spec", "gateways"), ["shlink-gateway"]);
    const http = prod.input(route, "spec", "http") as HttpRoute[];
    assert.ok(http.length >= 2);
    for (const { route: targets, timeout, headers } of http) {
      assert.deepEqual(targets, [{ destination: { host, port: { number: 8080 } } }]);
      assert.match(timeout, /^\d+s$/);
      assert.ok(headers.request.remove.includes("cf-connecting-ip"));
    }
    assert.equal("match" in (http.at(-1) ?? {}), false, "the last route takes what is left");
  });

  it("bounds connections and speaks mutual TLS to the Service", () => {
    assert.equal(prod.input(destination, "spec", "host"), host);
    assert.deepEqual(policy(prod, "tls"), { mode: "ISTIO_MUTUAL" });
    assert.deepEqual(policy(prod, "connectionPool", "http"), {
      http1MaxPendingRequests: 1024,
      http2MaxRequests: 1024,
    });
    assert.equal(policy(prod, "connectionPool", "tcp", "connectTimeout"), "2s");
  });

  it("ejects one of several failing servers, and never the only one", () => {
    assert.equal(policy(prod, "outlierDetection", "maxEjectionPercent"), 34);
    assert.equal(policy(prod, "outlierDetection", "consecutiveGatewayErrors"), 5);
    assert.equal(policy(prod, "outlierDetection", "consecutive5xxErrors"), 0);
    assert.equal(policy(dev, "outlierDetection"), undefined);
  });

  it("shuts no client network out where none is named", () => {
    for (const stack of [dev, prod]) {
      const children = stack.children(component("Routing", "routing"));
      assert.ok(!children.some((key) => key.includes("shlink-api-clients")));
    }
  });

  it("refuses the API at the gateway to all but the client networks that are named", async () => {
    const limited = await synth("dev", { routing: { apiClients: ["192.0.2.0/24"] } });
    const clients = istio("security", "AuthorizationPolicy", "shlink-api-clients");
    assert.equal(limited.input(clients, "metadata", "namespace"), "istio-ingress");
    const spec = limited.input(clients, "spec") as ApiClients;
    assert.deepEqual(spec.selector, { matchLabels: { istio: "ingressgateway" } });
    assert.equal(spec.action, "DENY");
    const [rule] = spec.rules;
    assert.deepEqual(rule?.from, [{ source: { notRemoteIpBlocks: ["192.0.2.0/24"] } }]);
    // A Host header may carry the port.
    assert.deepEqual(rule.to[0]?.operation.hosts, ["shlink.local", "shlink.local:*"]);
    assert.ok(rule.to[0].operation.paths.includes("/rest/v3/*"));
  });
});

interface GatewayServer {
  port: { number: number };
  hosts: string[];
  tls?: { mode?: string; httpsRedirect?: boolean; credentialName?: string };
}
interface HttpRoute {
  route: object[];
  timeout: string;
  headers: { request: { remove: string[] }; response?: { set: Record<string, string> } };
}
interface ApiClients {
  selector: object;
  action: string;
  rules: { from: object[]; to: { operation: { hosts: string[]; paths: string[] } }[] }[];
}
