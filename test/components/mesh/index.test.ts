import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { gatewayValues } from "../../../components/mesh/gateway.ts";
import { cniValues, istiodValues, type MeshArgs } from "../../../components/mesh/index.ts";
import { stackSettings } from "../../../plan/render.ts";
import {
  component,
  mark,
  release,
  stacks,
  synth,
  type Synthesis,
  winning,
} from "../../support/synth.ts";

const mesh = component("Mesh", "mesh");
const base = release("istio-base");
const istiod = release("istiod");
const cni = release("istio-cni");
const gateway = release("istio-ingressgateway");
const requests = { cpu: "1", memory: "1Gi" };
const seccompProfile = { type: "RuntimeDefault" };
const clusterIP = { type: "ClusterIP", proxyProtocol: false } as const;
const nodePort = {
  type: "NodePort",
  externalTrafficPolicy: "Local",
  proxyProtocol: false,
  httpNodePort: 30080,
} as const;
const gatewayOf = (service: MeshArgs["gateway"]["service"], trustedProxies = 0) =>
  gatewayValues({ gateway: { replicas: 2, requests, service }, trustedProxies });
/** The gateway's proxy takes its configuration from an annotation. */
const proxyConfig = (trustedProxies: number) =>
  JSON.parse(gatewayOf(clusterIP, trustedProxies).podAnnotations["proxy.istio.io/config"]) as {
    gatewayTopology: object;
    proxyStatsMatcher: { inclusionRegexps: string[] };
  };

describe("The mesh's releases", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("are the definitions, the control plane and the gateway, and where it is set the node agent", () => {
    const releases = (stack: Synthesis) =>
      stack.children(mesh).filter((key) => key.includes(":Release::"));
    const expected = [base, gateway, istiod];
    assert.deepEqual(releases(dev), expected);
    assert.deepEqual(releases(prod), [...expected, cni].sort());
  });

  it("come in that order: the gateway's pod gets its image from a running istiod", () => {
    assert.deepEqual(prod.resource(base).dependsOn, []);
    assert.ok(prod.resource(istiod).dependsOn.includes(base));
    assert.ok(prod.resource(gateway).dependsOn.includes(istiod));
  });

  it("have the replicas and requests of the settings", () => {
    for (const [stack, name] of [
      [dev, "dev"],
      [prod, "prod"],
    ] as const) {
      const settings = stackSettings(name)["mesh"] as Record<"istiod" | "gateway", Sized>;
      for (const [key, { replicas, requests: asked }] of [
        [istiod, settings.istiod],
        [gateway, settings.gateway],
      ] as const) {
        assert.equal(stack.input(key, "values", "replicaCount"), replicas);
        assert.deepEqual(stack.input(key, "values", "resources", "requests"), asked);
      }
    }
  });

  it("grow and keep a budget only where there are several", () => {
    assert.equal(prod.input(istiod, "values", "autoscaleEnabled"), true);
    assert.equal(prod.input(istiod, "values", "autoscaleMin"), 2);
    assert.deepEqual(prod.input(gateway, "values", "autoscaling"), {
      enabled: true,
      minReplicas: 2,
    });
    assert.deepEqual(prod.input(gateway, "values", "podDisruptionBudget"), { minAvailable: 1 });
    assert.equal(dev.input(istiod, "values", "autoscaleEnabled"), false);
    assert.equal(dev.input(gateway, "values", "autoscaling", "enabled"), false);
    assert.equal(dev.input(gateway, "values", "podDisruptionBudget"), undefined);
  });

  it("run their pods on different nodes", () => {
    for (const [values, app] of [
      [istiodValues({ istiod: { replicas: 2, requests }, cni: false }), "istiod"],
      [gatewayOf(clusterIP), "istio-ingressgateway"],
    ] as const) {
      const [spread] = values.topologySpreadConstraints;
      assert.equal(spread?.topologyKey, "kubernetes.io/hostname");
      assert.deepEqual(spread?.labelSelector, { matchLabels: { app } });
    }
  });

  it("give every proxy, the agent and istiod itself the runtime's seccomp profile", () => {
    const values = istiodValues({ istiod: { replicas: 2, requests }, cni: true });
    assert.deepEqual(values.seccompProfile, seccompProfile);
    assert.deepEqual(values.global.proxy.seccompProfile, seccompProfile);
    assert.deepEqual(gatewayOf(clusterIP).securityContext.seccompProfile, seccompProfile);
    assert.deepEqual(
      cniValues({ cniBinDir: "/b", cniConfDir: "/c" }).seccompProfile,
      seccompProfile,
    );
  });
});

describe("The mesh", () => {
  let prod: Synthesis;
  before(async () => {
    prod = await synth("prod");
  });
  const config = (stack: Synthesis, key: string) =>
    stack.input(istiod, "values", "meshConfig", key);

  it("has a node agent where it is asked for, made before istiod, with the node's folders", async () => {
    const stack = await synth("prod", { mesh: { cni: true } });
    assert.deepEqual(stack.resource(cni).dependsOn, [base]);
    assert.equal(stack.input(cni, "namespace"), "istio-cni");
    assert.deepEqual(stack.input(cni, "values"), {
      cniBinDir: "/opt/cni/bin",
      cniConfDir: "/etc/cni/net.d",
      seccompProfile,
    });
    assert.deepEqual(stack.resource(istiod).dependsOn, [base, cni]);
    assert.deepEqual(stack.input(istiod, "values", "cni"), { enabled: true });
  });

  it("has none where it is not, and istiod then makes init containers", async () => {
    const stack = await synth("prod", { mesh: { cni: false } });
    assert.ok(!stack.has("istio-cni"));
    assert.deepEqual(stack.resource(istiod).dependsOn, [base]);
    assert.deepEqual(stack.input(istiod, "values", "cni"), { enabled: false });
  });

  it("demands mutual TLS of every namespace, once istiod can judge the demand", async () => {
    const demand = "kubernetes:security.istio.io/v1:PeerAuthentication::mesh-mtls";
    for (const name of stacks) {
      const stack = await synth(name);
      assert.deepEqual(stack.input(demand, "metadata"), {
        name: "default",
        namespace: "istio-system",
        labels: mark(name),
        annotations: winning,
      });
      assert.deepEqual(stack.input(demand, "spec"), { mtls: { mode: "STRICT" } });
      assert.deepEqual(stack.resource(demand).dependsOn, [istiod]);
    }
  });

  it("sends traces to the collector that is set, of as many requests as are set, and none without one", async () => {
    const tracing = "kubernetes:telemetry.istio.io/v1:Telemetry::mesh-tracing";
    assert.equal(prod.input(tracing, "kind"), "Telemetry");
    assert.deepEqual(prod.input(tracing, "metadata"), {
      name: "tracing",
      namespace: "istio-system",
      labels: mark("prod"),
      annotations: winning,
    });
    assert.deepEqual(prod.input(tracing, "spec"), {
      tracing: [{ providers: [{ name: "otel" }], randomSamplingPercentage: 1 }],
    });
    assert.deepEqual(prod.resource(tracing).dependsOn, [istiod]);
    const opentelemetry = { service: "otel-collector.monitoring.svc.cluster.local", port: 4317 };
    assert.deepEqual(config(prod, "extensionProviders"), [{ name: "otel", opentelemetry }]);
    const without = await synth("prod", { observability: { tracing: undefined } });
    assert.ok(!without.has("mesh-tracing"));
    assert.equal(config(without, "extensionProviders"), undefined);
  });

  it("tries to reach a pod for two seconds, not for ten", () => {
    assert.equal(config(prod, "connectTimeout"), "2s");
  });

  it("logs every request as one JSON object", () => {
    assert.equal(config(prod, "accessLogFile"), "/dev/stdout");
    assert.equal(config(prod, "accessLogEncoding"), "JSON");
  });

  it("reads paths as the application will, before rules judge them", () => {
    assert.deepEqual(config(prod, "pathNormalization"), {
      normalization: "DECODE_AND_MERGE_SLASHES",
    });
  });

  it("holds a pod's application until its sidecar is ready", () => {
    const { holdApplicationUntilProxyStarts } = config(prod, "defaultConfig") as Sidecar;
    assert.equal(holdApplicationUntilProxyStarts, true);
  });

  it("refuses calls to whom no registry knows", () => {
    assert.deepEqual(config(prod, "outboundTrafficPolicy"), { mode: "REGISTRY_ONLY" });
  });
});

describe("The gateway", () => {
  let dev: Synthesis;
  let prod: Synthesis;
  before(async () => {
    [dev, prod] = [await synth("dev"), await synth("prod")];
  });

  it("serves on a node port in dev and behind a load balancer in prod", () => {
    assert.equal(prod.input(gateway, "values", "service", "type"), "LoadBalancer");
    assert.equal(prod.input(gateway, "values", "service", "ports"), undefined);
    assert.equal(dev.input(gateway, "values", "service", "type"), "NodePort");
  });

  it("opens the node ports that are set, and leaves the other to Kubernetes", () => {
    const ports = (service: unknown) =>
      (service as { ports: Port[] }).ports.map((port) => [port.port, port.nodePort]);
    const http = [
      [15021, undefined],
      [80, 30080],
    ];
    const set = dev.input(gateway, "values", "service");
    assert.deepEqual(ports(set), [...http, [443, undefined]]);
    assert.deepEqual(ports(gatewayOf(nodePort).service), [...http, [443, undefined]]);
    const both = gatewayOf({ ...nodePort, httpsNodePort: 30443 }).service;
    assert.deepEqual(ports(both), [...http, [443, 30443]]);
  });

  it("listens below port 1024 without a capability", () => {
    const { sysctls } = gatewayOf(clusterIP).securityContext;
    assert.deepEqual(sysctls, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]);
  });

  it("has the identity that workloads let in, and the label that Gateways select", () => {
    const policy = "kubernetes:security.istio.io/v1:AuthorizationPolicy::shlink-authz";
    const from = prod.input(policy, "spec", "rules", 0, "from", 0, "source", "principals");
    assert.deepEqual(from, ["cluster.local/ns/istio-ingress/sa/istio-ingressgateway"]);
    assert.equal(prod.input(gateway, "namespace"), "istio-ingress");
    const selector = "kubernetes:networking.istio.io/v1:Gateway::shlink-gateway";
    assert.deepEqual(prod.input(selector, "spec", "selector"), { istio: "ingressgateway" });
  });

  it("sees the client's address: the Service's traffic policy is the one set", () => {
    const balancer: MeshArgs["gateway"]["service"] = {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      proxyProtocol: false,
    };
    for (const service of [balancer, nodePort]) {
      const made = gatewayOf(service).service as { externalTrafficPolicy: string };
      assert.equal(made.externalTrafficPolicy, "Local", service.type);
    }
    assert.deepEqual(gatewayOf(clusterIP).service, { type: "ClusterIP" });
  });

  it("believes as many proxies in front of it about the client's address as are set", () => {
    for (const proxies of [0, 2])
      assert.deepEqual(proxyConfig(proxies).gatewayTopology, { numTrustedProxies: proxies });
  });

  it("counts rate limits by route: it keeps Envoy's numbers of them", () => {
    const [kept = ""] = proxyConfig(0).proxyStatsMatcher.inclusionRegexps;
    assert.match("shlink_redirects.http_local_rate_limit.enabled", new RegExp(`^${kept}$`));
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
