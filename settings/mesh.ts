import { z } from "zod";
import { requests, scaledReplicas } from "./values.ts";

/** The range that kube-apiserver gives to node ports by default. */
const nodePort = z.int().min(30000).max(32767);
const externalTrafficPolicy = z
  .literal(["Local", "Cluster"])
  .default("Local")
  .describe(
    "Local keeps the client's address, and takes traffic only at nodes where a gateway runs; Cluster does neither.",
  );

const service = z.discriminatedUnion("type", [
  z
    .strictObject({ type: z.literal("LoadBalancer"), externalTrafficPolicy })
    .describe("The cloud's load balancer leads to the gateway."),
  z
    .strictObject({ type: z.literal("ClusterIP") })
    .describe("Something inside the cluster leads to the gateway."),
  z
    .strictObject({
      type: z.literal("NodePort"),
      externalTrafficPolicy,
      httpNodePort: nodePort.describe("Port of the nodes for HTTP."),
      httpsNodePort: nodePort
        .describe(
          "Port of the nodes for HTTPS; it must differ from `httpNodePort`. Default: Kubernetes chooses one.",
        )
        .optional(),
    })
    .refine((ports) => ports.httpNodePort !== ports.httpsNodePort, {
      path: ["httpsNodePort"],
      message: "must differ from httpNodePort",
    })
    .describe("The gateway listens on a port of every node."),
]);

const folder = z
  .string()
  .regex(/^(\/[^/\s]+)+$/, 'must be an absolute path such as "/opt/cni/bin"')
  .meta({ title: "absolute path", examples: ["/opt/cni/bin"] });

export const mesh = z
  .strictObject({
    istiod: z
      .strictObject({
        replicas: scaledReplicas.default(2).describe("Pods of istiod."),
        requests: requests("500m", "2Gi").describe("What each pod asks of the scheduler."),
      })
      .prefault({})
      .describe("Istio's control plane."),
    gateway: z
      .strictObject({
        replicas: scaledReplicas.default(2).describe("Pods of the gateway."),
        requests: requests("200m", "256Mi").describe("What each pod asks of the scheduler."),
        service: service
          .prefault({ type: "LoadBalancer" })
          .describe("How visitors reach the gateway."),
      })
      .prefault({})
      .describe("The ingress gateway, the only way in."),
    cni: z
      .boolean()
      .default(true)
      .describe(
        "Whether a node agent redirects the traffic of pods, instead of init containers with NET_ADMIN, which Pod " +
          "Security `restricted` refuses.",
      ),
    cniBinDir: folder
      .default("/opt/cni/bin")
      .describe(
        "Folder of the nodes in which the container runtime has its network plugins; GKE's is /home/kubernetes/bin.",
      ),
    cniConfDir: folder
      .default("/etc/cni/net.d")
      .describe(
        "Folder of the nodes with the network plugins' configuration; k3s' is /var/lib/rancher/k3s/agent/etc/cni/net.d.",
      ),
  })
  .prefault({})
  .describe("Istio.");
