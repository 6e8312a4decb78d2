import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { stackSettings } from "../../../plan/render.ts";
import { component, release, synth, type Synthesis } from "../../support/synth.ts";

const mesh = component("Mesh", "mesh");
const gateway = release("istio-ingressgateway");

describe("The mesh's releases", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("are the definitions, the control plane and the gateway, and where it is set the node agent", () => {
    const releases = (stack: Synthesis) =>
      stack.children(mesh).filter((key) => key.includes(":Release::"));
    const expected = [release("istio-base"), gateway, release("istiod")];
    assert.deepEqual(releases(dev), expected);
    assert.deepEqual(releases(prod), [...expected, release("istio-cni")].sort());
  });

  it("come in that order: the gateway's pod gets its image from a running istiod", () => {
    assert.deepEqual(prod.resource(release("istio-base")).dependsOn, []);
    assert.ok(prod.resource(release("istiod")).dependsOn.includes(release("istio-base")));
    assert.ok(prod.resource(gateway).dependsOn.includes(release("istiod")));
  });

  it("have the replicas and requests of the settings", () => {
    for (const [stack, name] of [
      [dev, "dev"],
      [prod, "prod"],
    ] as const) {
      const settings = stackSettings(name)["mesh"] as Record<"istiod" | "gateway", Sized>;
      for (const [key, { replicas, requests }] of [
        [release("istiod"), settings.istiod],
        [gateway, settings.gateway],
      ] as const) {
        assert.equal(stack.input(key, "values", "replicaCount"), replicas);
        assert.deepEqual(stack.input(key, "values", "resources", "requests"), requests);
      }
    }
  });

  it("grow and keep a budget only where there are several", () => {
    assert.equal(prod.input(release("istiod"), "values", "autoscaleEnabled"), true);
    assert.equal(prod.input(release("istiod"), "values", "autoscaleMin"), 2);
    assert.deepEqual(prod.input(gateway, "values", "autoscaling"), {
      enabled: true,
      minReplicas: 2,
    });
    assert.deepEqual(prod.input(gateway, "values", "podDisruptionBudget"), { minAvailable: 1 });
    assert.equal(dev.input(release("istiod"), "values", "autoscaleEnabled"), false);
    assert.equal(dev.input(gateway, "values", "autoscaling", "enabled"), false);
    assert.equal(dev.input(gateway, "values", "podDisruptionBudget"), undefined);
  });

  it("read paths as the application will, before rules judge them", () => {
    assert.deepEqual(prod.input(release("istiod"), "values", "meshConfig", "pathNormalization"), {
      normalization: "DECODE_AND_MERGE_SLASHES",
    });
  });

  it("hold a pod's application until its sidecar is ready", () => {
    const config = prod.input(release("istiod"), "values", "meshConfig", "defaultConfig");
    assert.equal((config as Sidecar).holdApplicationUntilProxyStarts, true);
  });

  it("serve on a node port in dev and behind a load balancer in prod", () => {
    assert.equal(prod.input(gateway, "values", "service", "type"), "LoadBalancer");
    assert.equal(prod.input(gateway, "values", "service", "ports"), undefined);
    assert.equal(dev.input(gateway, "values", "service", "type"), "NodePort");
    const ports = dev.input(gateway, "values", "service", "ports") as Port[];
    assert.deepEqual(
      ports.map(({ port, nodePort }) => [port, nodePort]),
      [
        [15021, undefined],
        [80, 30080],
        [443, undefined],
      ],
    );
  });

  it("give the gateway the identity that workloads let in, and the label that Gateways select", () => {
    const policy = "kubernetes:security.istio.io/v1:AuthorizationPolicy::shlink-authz";
    const from = prod.input(policy, "spec", "rules", 0, "from", 0, "source", "principals");
    assert.deepEqual(from, ["cluster.local/ns/istio-ingress/sa/istio-ingressgateway"]);
    assert.equal(prod.input(gateway, "namespace"), "istio-ingress");
    const selector = "kubernetes:networking.istio.io/v1:Gateway::shlink-gateway";
    assert.deepEqual(prod.input(selector, "spec", "selector"), { istio: "ingressgateway" });
  });
});

interface Sized {
  replicas: number;
  requests: object;
}
interface Sidecar {
  holdApplicationUntilProxyStarts: boolean;
}
interface Port {
  port: number;
  nodePort?: number;
}
