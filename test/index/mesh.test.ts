import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { workloads } from "../../platform/workloads.ts";
import { existing } from "../support/existing.ts";
import { allowed, type Endpoint, type Policy } from "../support/network.ts";
import { component, release, synth, type Synthesis } from "../support/synth.ts";

const principal = "corp.example/ns/gw/sa/public-gateway";
const gateway: Endpoint = { namespace: "gw", labels: { gateway: "public", more: "labels" } };
const istiod: Endpoint = { namespace: "mesh", labels: { app: "istiod" } };

describe("A stack in a mesh that the cluster has already", () => {
  let stack: Synthesis;
  let policies: Policy[] = [];
  before(async () => {
    const webClient = { mode: "page", host: "admin.example.com" };
    stack = await synth("prod", { webClient, ...existing("mesh") });
    policies = stack.of("NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);
  });
  const istio = () => stack.registrations.filter(({ type }) => /istio\.io/.test(type));
  const named = (kind: string, name: string) =>
    istio().find(({ inputs, name: own }) => inputs["kind"] === kind && own === name);

  it("installs nothing of Istio, and adds to it in Shlink's namespace only", () => {
    assert.ok(!stack.has("mesh"));
    for (const chart of ["istio-base", "istio-cni", "istiod", "istio-ingressgateway"])
      assert.ok(!stack.has(chart), chart);
    assert.ok(istio().length >= 8);
    for (const { inputs, name } of istio())
      assert.equal((inputs["metadata"] as { namespace: string }).namespace, "shlink", name);
  });

  it("gets sidecars of the revision, and serves its hosts by the named gateway", () => {
    const labels = stack.input(
      "kubernetes:core/v1:Namespace::shlink",
      "metadata",
      "labels",
    ) as object;
    assert.ok(!("istio-injection" in labels));
    assert.equal((labels as Record<string, string>)["istio.io/rev"], "stable");
    const spec = named("Gateway", "shlink-gateway")?.inputs["spec"] as { selector: object };
    assert.deepEqual(spec.selector, { gateway: "public" });
  });

  it("lets its gateway call, by the identity that it has there, and nobody else", () => {
    for (const name of ["shlink-authz", "web-client-authz"]) {
      const text = JSON.stringify(named("AuthorizationPolicy", name)?.inputs["spec"]);
      assert.ok(text.includes(`"principals":["${principal}"]`), name);
      assert.ok(!text.includes("cluster.local"), name);
    }
    const { shlink } = workloads;
    assert.ok(allowed(policies, gateway, shlink, 8080));
    assert.ok(
      !allowed(policies, { namespace: "gw", labels: { gateway: "private" } }, shlink, 8080),
    );
    assert.ok(!allowed(policies, workloads.gateway, shlink, 8080));
    assert.ok(allowed(policies, shlink, istiod, 15012));
    assert.ok(!allowed(policies, shlink, workloads.istiod, 15012));
  });

  it("demands mutual TLS of its own pods, and limits requests in its own proxies", () => {
    assert.ok(named("PeerAuthentication", "shlink-mtls"));
    const limit = named("EnvoyFilter", "shlink-rate-limit")?.inputs["spec"];
    assert.match(JSON.stringify(limit), /"workloadSelector":\{"labels":\{"app":"shlink"\}\}/);
    assert.match(JSON.stringify(limit), /SIDECAR_INBOUND/);
  });

  it("is judged by what Shlink's own proxies see: no rule and no panel asks a gateway of ours", () => {
    const rules = JSON.stringify(stack.of("PrometheusRule"));
    for (const absent of ["istio-ingress", "istio-system", "GatewayDown", "IstiodDown", "MeshRoot"])
      assert.ok(!rules.includes(absent), absent);
    assert.ok(rules.includes('job=\\"shlink/shlink\\",reporter=\\"destination\\"'));
    const dashboards = JSON.stringify(
      stack.of("ConfigMap").find(({ name }) => name === "dashboards"),
    );
    assert.ok(!dashboards.includes("istio-ingress"));
    assert.ok(!dashboards.includes("Gateways that answer"));
  });

  it("ends before the janitor, which leaves the mesh's definitions and certificates alone", () => {
    const janitor = component("Janitor", "janitor");
    assert.ok(stack.resource(component("Routing", "routing")).dependsOn.includes(janitor));
    const groups = stack.input(release("janitor"), "values", "crdGroups") as object;
    assert.ok(!Object.keys(groups).some((group) => group.endsWith("istio.io")));
  });
});
