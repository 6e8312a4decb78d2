import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { charts as pins, type ChartSource } from "../../platform/charts.ts";
import { installChart } from "../chart/index.ts";
import { spread } from "../../platform/pods.ts";
import { workloads } from "../../platform/workloads.ts";
import type { NamespacesOf } from "../namespaces/index.ts";
import type { Settings } from "../../settings/index.ts";

type MeshSettings = Settings["mesh"];

export interface MeshArgs extends MeshSettings {
  charts: ChartSource;
  /** The node agent redirects pods' traffic where it has a namespace: pods need no privileged init container then. */
  namespaces: NamespacesOf<"istio-system" | "istio-ingress"> & Partial<NamespacesOf<"istio-cni">>;
  /** Proxies in front of the gateway that append to X-Forwarded-For. */
  trustedProxies: number;
  /** Where proxies send traces; they make none when absent. */
  tracing?: Tracing;
}

/** A collector that takes OTLP over gRPC. */
export interface Tracing {
  namespace: string;
  service: string;
  port: number;
  /** How many requests of a hundred are traced. */
  samplingPercentage: number;
}

/** The collector's name in the mesh's configuration. */
const tracingProvider = "otel";

/** The installChart name decides the labels `app` and `istio` of the gateway's pods and its service account. */
const gatewayName = pins.istioGateway.release;

/** Istio: the definitions, the node agent, the control plane, then the ingress gateway, which that injects. */
export class Mesh extends pulumi.ComponentResource {
  /** Identity with which the gateway calls workloads. */
  readonly gatewayPrincipal: pulumi.Output<string>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Mesh"), name, {}, opts);
    const base = this.#base(args);
    const istiod = this.#istiod(args, [base, ...this.#cni(args, base)]);
    this.#demandMutualTls(args, istiod);
    this.#trace(args, istiod);
    this.#gateway(args, istiod);
    this.gatewayPrincipal = pulumi.interpolate`cluster.local/ns/${args.namespaces["istio-ingress"]}/sa/${gatewayName}`;
    this.registerOutputs({ gatewayPrincipal: this.gatewayPrincipal });
  }

  #base({ charts, namespaces }: MeshArgs): k8s.helm.v3.Release {
    const namespace = namespaces["istio-system"];
    return installChart({ chart: "istioBase", source: charts, namespace }, { parent: this });
  }

  #cni(args: MeshArgs, base: pulumi.Resource): k8s.helm.v3.Release[] {
    const { charts, namespaces } = args;
    const namespace = namespaces["istio-cni"];
    if (namespace === undefined) return [];
    const agent = installChart(
      { chart: "istioCni", source: charts, namespace, values: cniValues(args) },
      { parent: this, dependsOn: base },
    );
    return [agent];
  }

  #istiod(args: MeshArgs, dependsOn: pulumi.Resource[]): k8s.helm.v3.Release {
    const { charts, namespaces } = args;
    const namespace = namespaces["istio-system"];
    return installChart(
      { chart: "istiod", source: charts, namespace, values: istiodValues(args) },
      { parent: this, dependsOn },
    );
  }

  /** This default is for namespaces that nobody has thought of yet. Pods without a sidecar are not concerned. */
  #demandMutualTls({ namespaces }: MeshArgs, istiod: pulumi.Resource): void {
    new k8s.apiextensions.CustomResource(
      "mesh-mtls",
      {
        apiVersion: "security.istio.io/v1",
        kind: "PeerAuthentication",
        metadata: { name: "default", namespace: namespaces["istio-system"] },
        spec: { mtls: { mode: "STRICT" } },
      },
      { parent: this, dependsOn: istiod },
    );
  }

  #trace({ namespaces, tracing }: MeshArgs, istiod: pulumi.Resource): void {
    if (tracing === undefined) return;
    const providers = [{ name: tracingProvider }];
    new k8s.apiextensions.CustomResource(
      "mesh-tracing",
      {
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: "tracing", namespace: namespaces["istio-system"] },
        spec: { tracing: [{ providers, randomSamplingPercentage: tracing.samplingPercentage }] },
      },
      { parent: this, dependsOn: istiod },
    );
  }

  /**
   * The chart would let the pods mount their account's token. They do not use it: istiod asks the API on their
   * behalf whether the account may read certificates.
   */
  #gateway(args: MeshArgs, istiod: pulumi.Resource): void {
    const { charts, namespaces } = args;
    const namespace = namespaces["istio-ingress"];
    const account = new k8s.core.v1.ServiceAccount(
      gatewayName,
      { metadata: { name: gatewayName, namespace }, automountServiceAccountToken: false },
      { parent: this },
    );
    installChart(
      { chart: "istioGateway", source: charts, namespace, values: gatewayValues(args) },
      { parent: this, dependsOn: [istiod, account] },
    );
  }
}

const seccompProfile = { type: "RuntimeDefault" };

export function cniValues({ cniBinDir, cniConfDir }: Pick<MeshArgs, "cniBinDir" | "cniConfDir">) {
  return { cniBinDir, cniConfDir, seccompProfile };
}

export function istiodValues({
  istiod,
  cni,
  tracing,
}: Pick<MeshArgs, "istiod" | "cni" | "tracing">) {
  const { replicas, requests } = istiod;
  return {
    autoscaleEnabled: replicas > 1,
    autoscaleMin: replicas,
    replicaCount: replicas,
    resources: { requests },
    seccompProfile,
    topologySpreadConstraints: [spread("node", "ScheduleAnyway", workloads.istiod.labels)],
    cni: { enabled: cni },
    global: { proxy: { resources: { requests: { cpu: "10m", memory: "64Mi" } }, seccompProfile } },
    meshConfig: {
      accessLogFile: "/dev/stdout",
      accessLogEncoding: "JSON",
      // Pods answer at once, or are gone: a try to reach one that is holds up a worker, by default for ten seconds.
      connectTimeout: "2s",
      // Rules that match paths must see the path that the application will see.
      pathNormalization: { normalization: "DECODE_AND_MERGE_SLASHES" },
      // What is in no registry is not reached; a workload that needs more says so by a Sidecar.
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
      defaultConfig: { holdApplicationUntilProxyStarts: true },
      ...(tracing === undefined ? {} : { extensionProviders: [collector(tracing)] }),
    },
  };
}

const collector = ({ namespace, service, port }: Tracing) => ({
  name: tracingProvider,
  opentelemetry: { service: `${service}.${namespace}.svc.cluster.local`, port },
});

export function gatewayValues({
  gateway,
  trustedProxies,
}: Pick<MeshArgs, "gateway" | "trustedProxies">) {
  const { replicas, requests, service } = gateway;
  const proxyConfig = {
    gatewayTopology: { numTrustedProxies: trustedProxies },
    // The rate limit counts each route's requests; of Envoy's own numbers Istio keeps but a few.
    proxyStatsMatcher: { inclusionRegexps: [".*http_local_rate_limit.*"] },
  };
  return {
    replicaCount: replicas,
    serviceAccount: { create: false, name: gatewayName },
    // The chart's image is the placeholder "auto", without a tag: Kubernetes would always pull.
    imagePullPolicy: "IfNotPresent",
    autoscaling: { enabled: replicas > 1, minReplicas: replicas },
    ...(replicas > 1 ? { podDisruptionBudget: { minAvailable: 1 } } : {}),
    resources: { requests },
    // The chart takes this in place of its own: without the sysctl the proxy may not listen on 80 and 443.
    securityContext: {
      seccompProfile,
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
    },
    topologySpreadConstraints: [spread("node", "ScheduleAnyway", { app: gatewayName })],
    podAnnotations: { "proxy.istio.io/config": JSON.stringify(proxyConfig) },
    service: serviceValues(service),
  };
}

function serviceValues(service: MeshSettings["gateway"]["service"]) {
  if (service.type !== "NodePort") return service;
  const { type, externalTrafficPolicy, httpNodePort, httpsNodePort } = service;
  const { http, https, status } = workloads.gateway.ports;
  const ports = [
    servicePort("status-port", status),
    servicePort("http2", http, httpNodePort),
    servicePort("https", https, httpsNodePort),
  ];
  return { type, externalTrafficPolicy, ports };
}

const servicePort = (name: string, port: number, nodePort?: number) => ({
  name,
  port,
  targetPort: port,
  protocol: "TCP",
  ...(nodePort === undefined ? {} : { nodePort }),
});
