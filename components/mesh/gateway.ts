import type { Settings } from "../../settings/index.ts";
import { charts } from "../../platform/charts.ts";
import { seccompProfile, spread } from "../../platform/pods.ts";
import { workloads } from "../../platform/workloads.ts";

/** Istio as this program installs it. */
export type MeshSettings = Extract<Settings["mesh"], { mode: "install" }>;
export type GatewayService = MeshSettings["gateway"]["service"];

type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
/** What the Service says, without what the proxy has to know. */
type Exposure = Without<GatewayService, "proxyProtocol">;

interface GatewayArgs {
  gateway: MeshSettings["gateway"];
  /** Proxies in front of the gateway that append to X-Forwarded-For. */
  trustedProxies: number;
}

/** The release's name decides the labels `app` and `istio` of the gateway's pods and its service account. */
export const gatewayName = charts.istioGateway.release;

export function gatewayValues({ gateway, trustedProxies }: GatewayArgs) {
  const { replicas, requests } = gateway;
  const { proxyProtocol, ...service } = gateway.service;
  const proxyConfig = {
    gatewayTopology: {
      numTrustedProxies: trustedProxies,
      ...(proxyProtocol ? { proxyProtocol: {} } : {}),
    },
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

/** The chart's values have the names of a Service's own fields, as the settings do. */
function serviceValues(service: Exposure) {
  if (service.type !== "NodePort") return service;
  const { httpNodePort, httpsNodePort, ...others } = service;
  const { http, https, status } = workloads.gateway.ports;
  const ports = [
    servicePort("status-port", status),
    servicePort("http2", http, httpNodePort),
    servicePort("https", https, httpsNodePort),
  ];
  return { ...others, ports };
}

const servicePort = (name: string, port: number, nodePort?: number) => ({
  name,
  port,
  targetPort: port,
  protocol: "TCP",
  ...(nodePort === undefined ? {} : { nodePort }),
});
