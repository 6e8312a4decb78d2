import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { release, type ChartSource } from "./charts.ts";

/** CPU and memory a container asks of the scheduler. */
export type Requests = { cpu: string; memory: string };

export type GatewayService =
  { type: "LoadBalancer" } | { type: "ClusterIP" } | { type: "NodePort"; httpNodePort: number };

export interface MeshArgs {
  charts: ChartSource;
  /** Namespace of istiod, the mesh's root. */
  namespace: pulumi.Input<string>;
  /** Namespace of the ingress gateway; it must not forbid injection, by which the gateway gets its image. */
  gatewayNamespace: pulumi.Input<string>;
  istiod: { replicas: number; requests: Requests };
  gateway: { replicas: number; requests: Requests; service: GatewayService };
}

/** The release name decides the labels `app` and `istio` of the gateway's pods and its service account. */
const gatewayName = "istio-ingressgateway";

/** Istio: the definitions, then the control plane, then the ingress gateway, which the former injects. */
export class Mesh extends pulumi.ComponentResource {
  /** What a Gateway resource selects. */
  readonly gatewaySelector = { istio: "ingressgateway" };
  /** Identity with which the gateway calls workloads. */
  readonly gatewayPrincipal: pulumi.Output<string>;

  constructor(name: string, args: MeshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:Mesh", name, {}, opts);
    const base = this.#base(args);
    const istiod = this.#istiod(args, base);
    this.#gateway(args, istiod);
    this.gatewayPrincipal = pulumi.interpolate`cluster.local/ns/${args.gatewayNamespace}/sa/${gatewayName}`;
    this.registerOutputs({ gatewayPrincipal: this.gatewayPrincipal });
  }

  #base({ charts, namespace }: MeshArgs): k8s.helm.v3.Release {
    return release(
      "istio-base",
      { chart: "istioBase", source: charts, namespace },
      { parent: this },
    );
  }

  #istiod(args: MeshArgs, base: pulumi.Resource): k8s.helm.v3.Release {
    const { charts, namespace, istiod } = args;
    return release(
      "istiod",
      { chart: "istiod", source: charts, namespace, values: istiodValues(istiod) },
      { parent: this, dependsOn: base },
    );
  }

  #gateway(args: MeshArgs, istiod: pulumi.Resource): void {
    const { charts, gatewayNamespace: namespace, gateway } = args;
    release(
      gatewayName,
      { chart: "istioGateway", source: charts, namespace, values: gatewayValues(gateway) },
      { parent: this, dependsOn: istiod },
    );
  }
}

export function istiodValues({ replicas, requests }: MeshArgs["istiod"]) {
  return {
    autoscaleEnabled: replicas > 1,
    autoscaleMin: replicas,
    replicaCount: replicas,
    resources: { requests },
    seccompProfile: { type: "RuntimeDefault" },
    global: { proxy: { resources: { requests: { cpu: "10m", memory: "64Mi" } } } },
    meshConfig: {
      accessLogFile: "/dev/stdout",
      // Rules that match paths must see the path that the application will see.
      pathNormalization: { normalization: "DECODE_AND_MERGE_SLASHES" },
      defaultConfig: { holdApplicationUntilProxyStarts: true },
    },
  };
}

export function gatewayValues({ replicas, requests, service }: MeshArgs["gateway"]) {
  return {
    replicaCount: replicas,
    // The chart's image is the placeholder "auto", without a tag: Kubernetes would always pull.
    imagePullPolicy: "IfNotPresent",
    autoscaling: { enabled: replicas > 1, minReplicas: replicas },
    ...(replicas > 1 ? { podDisruptionBudget: { minAvailable: 1 } } : {}),
    resources: { requests },
    securityContext: gatewayContext,
    service: serviceValues(service),
  };
}

/** The chart's default, which lets the gateway listen on 80 and 443 without a right, and a seccomp profile. */
const gatewayContext = {
  sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
  seccompProfile: { type: "RuntimeDefault" },
};

function serviceValues(service: GatewayService) {
  if (service.type !== "NodePort") return { type: service.type };
  const http = {
    name: "http2",
    port: 80,
    targetPort: 80,
    protocol: "TCP",
    nodePort: service.httpNodePort,
  };
  const https = { name: "https", port: 443, targetPort: 443, protocol: "TCP" };
  const status = { name: "status-port", port: 15021, targetPort: 15021, protocol: "TCP" };
  return { type: "NodePort", ports: [status, http, https] };
}
