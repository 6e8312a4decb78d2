import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  gatewayName,
  gatewayValues,
  type GatewayService,
} from "../../../components/mesh/gateway.ts";
import { renderChart } from "../../support/charts.ts";

type Given = Parameters<typeof gatewayValues>[0]["gateway"]["service"] extends infer Each
  ? Each extends unknown
    ? Omit<Each, "proxyProtocol">
    : never
  : never;
const requests = { cpu: "1", memory: "1Gi" };
const valuesOf = (service: GatewayService) =>
  gatewayValues({ gateway: { replicas: 2, requests, service }, trustedProxies: 1 });

/** The Service that the gateway's chart makes. */
async function serviceOf(given: Given) {
  const service = { proxyProtocol: false, ...given } as GatewayService;
  const release = { name: gatewayName, namespace: "istio-ingress", values: valuesOf(service) };
  const objects = await renderChart("istioGateway", release);
  const found = objects.find(({ kind }) => kind === "Service");
  assert.ok(found?.spec);
  return { spec: found.spec, annotations: found.metadata.annotations ?? {} };
}

describe("The gateway's Service, as its chart renders it", function () {
  this.timeout(600_000);

  it("has the annotations, class, fixed address and source ranges of a load balancer", async () => {
    const { spec, annotations } = await serviceOf({
      type: "LoadBalancer",
      externalTrafficPolicy: "Cluster",
      annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
      loadBalancerClass: "service.k8s.aws/nlb",
      loadBalancerIP: "203.0.113.7",
      loadBalancerSourceRanges: ["198.51.100.0/24", "2001:db8::/32"],
      externalIPs: ["192.0.2.1"],
    });
    assert.deepEqual(annotations, {
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    });
    const { ports, selector, ...others } = spec;
    assert.deepEqual(others, {
      type: "LoadBalancer",
      externalTrafficPolicy: "Cluster",
      loadBalancerClass: "service.k8s.aws/nlb",
      loadBalancerIP: "203.0.113.7",
      loadBalancerSourceRanges: ["198.51.100.0/24", "2001:db8::/32"],
      externalIPs: ["192.0.2.1"],
    });
    assert.deepEqual(
      (ports as { port: number }[]).map(({ port }) => port),
      [15021, 80, 443],
    );
    assert.deepEqual(selector, { app: "istio-ingressgateway", istio: "ingressgateway" });
  });

  it("has none of them where none is set", async () => {
    const { spec, annotations } = await serviceOf({
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
    });
    assert.deepEqual(annotations, {});
    assert.deepEqual(Object.keys(spec).sort(), [
      "externalTrafficPolicy",
      "ports",
      "selector",
      "type",
    ]);
  });

  it("keeps annotations and outer addresses as a node port and inside of the cluster", async () => {
    const common = { annotations: { "example.com/a": "b" }, externalIPs: ["2001:db8::1"] };
    const nodePort = await serviceOf({
      type: "NodePort",
      externalTrafficPolicy: "Local",
      httpNodePort: 30080,
      ...common,
    });
    const inside = await serviceOf({ type: "ClusterIP", ...common });
    for (const { spec, annotations } of [nodePort, inside]) {
      assert.deepEqual(annotations, common.annotations);
      assert.deepEqual(spec["externalIPs"], common.externalIPs);
    }
    assert.equal(nodePort.spec["type"], "NodePort");
    assert.equal(inside.spec["externalTrafficPolicy"], undefined);
  });
});

describe("The gateway's proxy", () => {
  const topology = (service: GatewayService) => {
    const text = valuesOf(service).podAnnotations["proxy.istio.io/config"];
    return (JSON.parse(text) as { gatewayTopology: object }).gatewayTopology;
  };

  it("takes the client's address from the PROXY protocol where that is set, and there only", () => {
    const service = { type: "ClusterIP" } as const;
    assert.deepEqual(topology({ ...service, proxyProtocol: false }), { numTrustedProxies: 1 });
    assert.deepEqual(topology({ ...service, proxyProtocol: true }), {
      numTrustedProxies: 1,
      proxyProtocol: {},
    });
    assert.ok(!("proxyProtocol" in valuesOf({ ...service, proxyProtocol: true }).service));
  });
});
