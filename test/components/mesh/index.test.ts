import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cniValues, gatewayValues, istiodValues } from "../../../components/mesh/index.ts";
import { egressSpec } from "../../../components/routing/egress.ts";
import { rateLimitSpec } from "../../../components/routing/rate-limit.ts";
import {
  certificateSpec,
  gatewaySpec,
  virtualServiceSpec,
} from "../../../components/routing/traffic.ts";
import { type Registration, render, stackSettings } from "../../../plan/render.ts";

const requests = { cpu: "1", memory: "1Gi" };
const seccompProfile = { type: "RuntimeDefault" };
const gateway = (service: object, trustedProxies = 0, replicas = 2) =>
  gatewayValues({ gateway: { replicas, requests, service }, trustedProxies } as never);
const local = { externalTrafficPolicy: "Local" };

const release = (registrations: Registration[], name: string) =>
  registrations.find((one) => one.type.includes("helm.sh") && one.name === name);
const releaseOf = (name: string) => `kubernetes:helm.sh/v3:Release::${name}`;

/** The registrations of a stack whose settings were changed. */
async function changed(stack: string, change: (settings: Settings) => void) {
  const settings = structuredClone(stackSettings(stack)) as unknown as Settings;
  change(settings);
  return (await render(stack, settings as never)).registrations;
}

interface Settings {
  mesh: { cni: boolean };
  shlink: { resolveTitles: boolean };
  routing: { tls: object; trustedProxies: number };
  observability: { tracing?: object };
}

describe("The mesh", () => {
  it("has a node agent where it is asked for, made before istiod, with the node's folders", async () => {
    const registrations = await changed("prod", ({ mesh }) => (mesh.cni = true));
    const cni = release(registrations, "istio-cni");
    assert.deepEqual(cni?.dependsOn, [releaseOf("istio-base")]);
    assert.equal(cni.inputs["namespace"], "istio-cni");
    assert.deepEqual(cni.inputs["values"], {
      cniBinDir: "/opt/cni/bin",
      cniConfDir: "/etc/cni/net.d",
      seccompProfile,
    });
    const istiod = release(registrations, "istiod");
    assert.deepEqual(istiod?.dependsOn, [releaseOf("istio-base"), releaseOf("istio-cni")]);
    assert.deepEqual((istiod.inputs["values"] as { cni: object }).cni, { enabled: true });
  });

  it("has none where it is not, and istiod then makes init containers", async () => {
    const registrations = await changed("prod", ({ mesh }) => (mesh.cni = false));
    assert.equal(release(registrations, "istio-cni"), undefined);
    const istiod = release(registrations, "istiod");
    assert.deepEqual(istiod?.dependsOn, [releaseOf("istio-base")]);
    assert.deepEqual((istiod.inputs["values"] as { cni: object }).cni, { enabled: false });
  });

  it("demands mutual TLS of every namespace, once istiod can judge the demand", async () => {
    for (const stack of ["dev", "prod"]) {
      const { registrations } = await render(stack);
      const demand = registrations.find(({ name }) => name === "mesh-mtls");
      assert.deepEqual(demand?.inputs["metadata"], { name: "default", namespace: "istio-system" });
      assert.deepEqual(demand.inputs["spec"], { mtls: { mode: "STRICT" } });
      assert.deepEqual(demand.dependsOn, [releaseOf("istiod")]);
    }
  });

  it("sends traces to the collector that is set, of as many requests as are set, and none without one", async () => {
    const registrations = await changed("prod", () => undefined);
    const tracing = registrations.find(({ name }) => name === "mesh-tracing");
    assert.equal(tracing?.inputs["kind"], "Telemetry");
    assert.deepEqual(tracing.inputs["metadata"], { name: "tracing", namespace: "istio-system" });
    assert.deepEqual(tracing.inputs["spec"], {
      tracing: [{ providers: [{ name: "otel" }], randomSamplingPercentage: 1 }],
    });
    assert.deepEqual(tracing.dependsOn, [releaseOf("istiod")]);
    const opentelemetry = { service: "otel-collector.monitoring.svc.cluster.local", port: 4317 };
    const meshConfig = (list: Registration[]) =>
      (release(list, "istiod")?.inputs["values"] as { meshConfig: Record<string, unknown> })
        .meshConfig;
    assert.deepEqual(meshConfig(registrations)["extensionProviders"], [
      { name: "otel", opentelemetry },
    ]);
    const without = await changed("prod", ({ observability }) => delete observability.tracing);
    assert.ok(!without.some(({ name }) => name === "mesh-tracing"));
    assert.ok(!("extensionProviders" in meshConfig(without)));
  });

  it("tries to reach a pod for two seconds, not for ten", () => {
    const { meshConfig } = istiodValues({ istiod: { replicas: 1, requests } });
    assert.equal(meshConfig.connectTimeout, "2s");
  });

  it("logs every request as one JSON object", () => {
    const { meshConfig } = istiodValues({ istiod: { replicas: 1, requests } });
    assert.equal(meshConfig.accessLogFile, "/dev/stdout");
    assert.equal(meshConfig.accessLogEncoding, "JSON");
  });

  it("gives every proxy and istiod itself the runtime's seccomp profile", () => {
    const istiod = istiodValues({ istiod: { replicas: 2, requests }, cniNamespace: "agents" });
    assert.deepEqual(istiod.seccompProfile, seccompProfile);
    assert.deepEqual(istiod.global.proxy.seccompProfile, seccompProfile);
    assert.deepEqual(gateway({ type: "ClusterIP" }).securityContext.seccompProfile, seccompProfile);
    assert.deepEqual(
      cniValues({ cniBinDir: "/b", cniConfDir: "/c" }).seccompProfile,
      seccompProfile,
    );
  });

  it("lets the gateway listen below port 1024 without a capability", () => {
    const { sysctls } = gateway({ type: "ClusterIP" }).securityContext;
    assert.deepEqual(sysctls, [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }]);
  });

  it("runs as many istiods and gateways as are set, on different nodes, with a budget if several", () => {
    const istiod = istiodValues({ istiod: { replicas: 2, requests }, cniNamespace: "agents" });
    assert.equal(istiod.autoscaleEnabled, true);
    assert.equal(istiod.autoscaleMin, 2);
    const several = gateway({ type: "ClusterIP" });
    assert.deepEqual(several.autoscaling, { enabled: true, minReplicas: 2 });
    assert.deepEqual(several.podDisruptionBudget, { minAvailable: 1 });
    assert.ok(!("podDisruptionBudget" in gateway({ type: "ClusterIP" }, 0, 1)));
    for (const [values, app] of [
      [istiod, "istiod"],
      [several, "istio-ingressgateway"],
    ] as const) {
      const [spread] = values.topologySpreadConstraints;
      assert.equal(spread?.topologyKey, "kubernetes.io/hostname");
      assert.deepEqual(spread?.labelSelector, { matchLabels: { app } });
    }
  });

  it("opens the node ports that are set, and leaves the other to Kubernetes", () => {
    const service = { type: "NodePort", ...local, httpNodePort: 30080 };
    const ports = (values: ReturnType<typeof gateway>) =>
      (values.service as { ports: { port: number; nodePort?: number }[] }).ports.map((port) => [
        port.port,
        port.nodePort,
      ]);
    assert.deepEqual(ports(gateway(service)), [
      [15021, undefined],
      [80, 30080],
      [443, undefined],
    ]);
    const both = ports(gateway({ ...service, httpsNodePort: 30443 }));
    assert.deepEqual(both.at(-1), [443, 30443]);
  });
});

describe("The client's address", () => {
  it("reaches the gateway's pod: the Service's traffic policy is the one set", () => {
    for (const service of [
      { type: "LoadBalancer", ...local },
      { type: "NodePort", ...local, httpNodePort: 30080 },
    ])
      assert.equal(
        (gateway(service).service as typeof local).externalTrafficPolicy,
        "Local",
        service.type,
      );
    assert.deepEqual(gateway({ type: "ClusterIP" }).service, { type: "ClusterIP" });
  });

  it("is what the proxies in front of the gateway say, as many as there are: the gateway counts them", () => {
    for (const proxies of [0, 2]) {
      const { "proxy.istio.io/config": text } = gateway(
        { type: "ClusterIP" },
        proxies,
      ).podAnnotations;
      const { gatewayTopology } = JSON.parse(text) as { gatewayTopology: object };
      assert.deepEqual(gatewayTopology, { numTrustedProxies: proxies });
    }
  });

  it("is the only address Shlink gets, so that its own count is one however many proxies there are", async () => {
    for (const proxies of [0, 2]) {
      const registrations = await changed("prod", ({ routing }) => {
        routing.trustedProxies = proxies;
      });
      const text = JSON.stringify(registrations);
      assert.match(text, /"TRUSTED_PROXIES","value":"1"/);
      const route = registrations.find(({ name }) => name === "shlink-virtualservice");
      const { http } = route?.inputs["spec"] as { http: { headers: { request: Headers } }[] };
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

interface Headers {
  set: object;
  remove: string[];
}

describe("The gateway's certificate", () => {
  const tls = {
    mode: "certManager",
    issuer: { kind: "ClusterIssuer", name: "letsencrypt" },
  } as const;

  it("is asked of cert-manager in the gateway's namespace, for the hosts, and used", async () => {
    const registrations = await changed("prod", ({ routing }) => (routing.tls = tls));
    const certificate = registrations.find(({ name }) => name === "shlink-certificate");
    assert.equal(certificate?.type, "kubernetes:cert-manager.io/v1:Certificate");
    assert.deepEqual(certificate.inputs["metadata"], {
      name: "shlink-certificate",
      namespace: "istio-ingress",
    });
    assert.deepEqual(certificate.inputs["spec"], certificateSpec(["s.example.com"], tls.issuer));
    const { secretName, issuerRef, dnsNames } = certificateSpec(["s.example.com"], tls.issuer);
    assert.deepEqual(dnsNames, ["s.example.com"]);
    assert.deepEqual(issuerRef, {
      group: "cert-manager.io",
      kind: "ClusterIssuer",
      name: "letsencrypt",
    });
    const [, https] = gatewaySpec({}, ["s.example.com"], tls).servers;
    assert.deepEqual(https && "tls" in https && https.tls, {
      mode: "SIMPLE",
      credentialName: secretName,
      minProtocolVersion: "TLSV1_2",
    });
  });

  it("is not asked for where a Secret is given, or none is wanted", async () => {
    for (const stack of ["dev", "prod"]) {
      const { registrations } = await render(stack);
      assert.ok(!registrations.some(({ type }) => type.includes("cert-manager")), stack);
    }
  });

  it("comes with the redirect and HSTS, which plain HTTP does not", () => {
    const args = (mode: object) =>
      ({ hosts: ["s.example.com"], service: { host: "h", port: 8080 }, tls: mode }) as never;
    const sets = (mode: object) =>
      virtualServiceSpec(args(mode)).http.map(({ headers }) => headers.response?.set);
    const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };
    assert.deepEqual(sets(tls), [hsts, hsts, hsts]);
    assert.deepEqual(sets({ mode: "plaintext" }), [undefined, undefined, undefined]);
    const [http] = gatewaySpec({}, [], tls).servers;
    assert.deepEqual(http && "tls" in http && http.tls, { httpsRedirect: true });
  });
});

describe("Calls out of the mesh", () => {
  it("are refused to whom no registry knows", () => {
    const { meshConfig } = istiodValues({ istiod: { replicas: 1, requests } });
    assert.deepEqual(meshConfig.outboundTrafficPolicy, { mode: "REGISTRY_ONLY" });
  });

  it("go from Shlink to its database, its Redis and the collector of its traces only", async () => {
    const { registrations } = await render("prod");
    const sidecar = registrations.find(({ name }) => name === "shlink-egress");
    assert.deepEqual(sidecar?.inputs["spec"], {
      workloadSelector: { labels: { app: "shlink" } },
      egress: [{ hosts: ["postgres/*", "redis/*", "monitoring/*"] }],
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    });
  });

  it("go anywhere when titles are to be fetched, and Shlink then fetches them", async () => {
    assert.deepEqual(egressSpec({}, [], true).outboundTrafficPolicy, { mode: "ALLOW_ANY" });
    const registrations = await changed("dev", ({ shlink }) => (shlink.resolveTitles = true));
    const text = JSON.stringify(registrations);
    assert.match(text, /"outboundTrafficPolicy":\{"mode":"ALLOW_ANY"\}/);
    assert.match(text, /"AUTO_RESOLVE_TITLES","value":"true"/);
  });

  it("find the Redis that a sentinel names by its pod's address: a headless Service lists the pods", async () => {
    const { registrations } = await render("prod");
    const service = registrations.find(({ name }) => name === "redis-servers");
    assert.deepEqual(service?.inputs["spec"], {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: {
        "app.kubernetes.io/part-of": "redis-failover",
        "app.kubernetes.io/name": "shlink-redis",
        "app.kubernetes.io/component": "redis",
      },
      ports: [{ name: "tcp-redis", port: 6379, targetPort: 6379 }],
    });
  });
});

describe("Rate limits", () => {
  it("are counted by route: the gateway keeps Envoy's numbers of them", () => {
    const { "proxy.istio.io/config": text } = gateway({ type: "ClusterIP" }).podAnnotations;
    const { proxyStatsMatcher } = JSON.parse(text) as {
      proxyStatsMatcher: { inclusionRegexps: string[] };
    };
    const [kept = ""] = proxyStatsMatcher.inclusionRegexps;
    assert.match("shlink_redirects.http_local_rate_limit.enabled", new RegExp(`^${kept}$`));
  });

  const { configPatches } = rateLimitSpec(
    { istio: "x" },
    { redirects: 500, apiReads: 100, apiWrites: 20 },
  );
  const [filter, ...routes] = configPatches as unknown as Patch[];
  const bucketOf = ({ patch }: Patch) =>
    patch.value.typed_per_filter_config?.["envoy.filters.http.local_ratelimit"];

  it("are a filter that limits nothing by itself, and a bucket of their own for each route", () => {
    assert.equal(filter?.applyTo, "HTTP_FILTER");
    assert.equal(filter.patch.operation, "INSERT_FIRST");
    assert.ok(!JSON.stringify(filter).includes("token_bucket"));
    const buckets = routes.map((route) => [
      route.match.routeConfiguration?.vhost.route.name,
      bucketOf(route)?.token_bucket,
    ]);
    assert.deepEqual(buckets, [
      ["redirects", { max_tokens: 1000, tokens_per_fill: 500, fill_interval: "1s" }],
      ["api-reads", { max_tokens: 200, tokens_per_fill: 100, fill_interval: "1s" }],
      ["api-writes", { max_tokens: 40, tokens_per_fill: 20, fill_interval: "1s" }],
    ]);
  });

  it("name the routes that there are", () => {
    const args = {
      hosts: [],
      service: { host: "h", port: 1 },
      tls: { mode: "plaintext" },
    } as never;
    const names = virtualServiceSpec(args).http.map(({ name }) => name as string);
    const limited = routes.map((route) => route.match.routeConfiguration?.vhost.route.name ?? "");
    assert.deepEqual(limited.sort(), names.sort());
  });

  it("are switched on and enforced: both are off by default", () => {
    for (const route of routes)
      for (const key of ["filter_enabled", "filter_enforced"] as const)
        assert.equal(bucketOf(route)?.[key].default_value.numerator, 100);
  });
});

interface Share {
  default_value: { numerator: number };
}
interface Patch {
  applyTo: string;
  match: { routeConfiguration?: { vhost: { route: { name: string } } } };
  patch: {
    operation: string;
    value: {
      typed_per_filter_config?: Record<
        string,
        { token_bucket: object; filter_enabled: Share; filter_enforced: Share }
      >;
    };
  };
}
