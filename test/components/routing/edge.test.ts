import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { synth, type Synthesis } from "../../support/synth.ts";

const proxies = ["10.0.0.0/16", "2001:db8::/48"];
const guard = "kubernetes:security.istio.io/v1:AuthorizationPolicy::shlink-edge";

describe("A gateway behind what ends TLS", () => {
  let stack: Synthesis;
  before(async () => {
    stack = await synth("prod", {
      routing: { tls: { mode: "edge", proxies, credentialName: undefined }, trustedProxies: 2 },
    });
  });

  it("speaks HTTP to it and sends nobody to https, which would come back as HTTP for ever", () => {
    const gateway = "kubernetes:networking.istio.io/v1:Gateway::shlink-gateway";
    assert.deepEqual(stack.input(gateway, "spec", "servers"), [
      { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["s.example.com"] },
    ]);
    for (const { redirect } of routes()) assert.equal(redirect, undefined);
  });

  it("lets visitors see https: in links, in the stack's address, by HSTS, and in what Shlink is told", () => {
    assert.match(stack.text(), /"IS_HTTPS_ENABLED","value":"true"/);
    assert.equal((stack.outputs as { url: string }).url, "https://s.example.com");
    for (const { headers } of routes()) {
      assert.match(headers.response?.set["strict-transport-security"] ?? "", /max-age=31536000/);
      assert.deepEqual(headers.request.set, {
        "x-forwarded-for": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
        "x-forwarded-proto": "https",
      });
    }
  });

  it("answers the named proxies only, by the address of the connection and not by a header", () => {
    assert.equal(stack.input(guard, "metadata", "namespace"), "istio-ingress");
    assert.deepEqual(stack.input(guard, "spec"), {
      selector: { matchLabels: { istio: "ingressgateway" } },
      action: "DENY",
      rules: [{ from: [{ source: { notIpBlocks: proxies } }] }],
    });
  });

  it("has no such guard where TLS ends at the gateway", async () => {
    assert.ok(!(await synth("prod")).has("shlink-edge"));
  });

  it("leaves the certificate to be watched by whoever ends TLS", () => {
    for (const { inputs } of stack.of("Probe"))
      assert.doesNotMatch(JSON.stringify(inputs), /s\.example\.com/);
  });

  const routes = () =>
    stack.input(
      "kubernetes:networking.istio.io/v1:VirtualService::shlink-virtualservice",
      "spec",
      "http",
    ) as Route[];
});

interface Route {
  redirect?: object;
  headers: { request: { set: object }; response?: { set: Record<string, string> } };
}
