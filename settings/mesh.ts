import { z } from "zod";
import { existing, install, place } from "./parts.ts";
import {
  annotations,
  cidr,
  dnsLabel,
  dnsSubdomain,
  ipAddress,
  qualifiedName,
  requests,
  scaledReplicas,
} from "./values.ts";

/** The range that kube-apiserver gives to node ports by default. */
const nodePort = z.int().min(30000).max(32767);
const externalTrafficPolicy = z
  .literal(["Local", "Cluster"])
  .default("Local")
  .describe(
    "Local keeps the client's address, and takes traffic only at nodes where a gateway runs; Cluster does neither.",
  );

/** What every kind of Service may have. */
const front = {
  annotations: annotations
    .describe(
      "Annotations of the gateway's Service, by which clouds and MetalLB take orders. Default: none.",
    )
    .optional(),
  externalIPs: z
    .array(ipAddress)
    .min(1)
    .describe("Addresses that routers lead to the nodes. Default: none.")
    .optional(),
  proxyProtocol: z
    .boolean()
    .default(false)
    .describe(
      "Whether what is in front of the gateway tells the client's address by the PROXY protocol; connections without it " +
        "are then refused.",
    ),
};

const service = z.discriminatedUnion("type", [
  z
    .strictObject({
      type: z.literal("LoadBalancer"),
      externalTrafficPolicy,
      ...front,
      loadBalancerClass: qualifiedName
        .describe(
          "Which controller makes the load balancer, such as service.k8s.aws/nlb; it cannot be changed later. Default: " +
            "the cluster's own.",
        )
        .optional(),
      loadBalancerIP: ipAddress
        .describe(
          "Fixed address of the load balancer, where its controller reads this field; others take an annotation. " +
            "Default: any.",
        )
        .optional(),
      loadBalancerSourceRanges: z
        .array(cidr)
        .min(1)
        .describe("Networks of clients that the load balancer lets in. Default: every network.")
        .optional(),
    })
    .describe("The cloud's load balancer leads to the gateway."),
  z
    .strictObject({ type: z.literal("ClusterIP"), ...front })
    .describe("Something inside the cluster leads to the gateway."),
  z
    .strictObject({
      type: z.literal("NodePort"),
      externalTrafficPolicy,
      ...front,
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

const istio = z
  .strictObject({
    mode: install,
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
    platform: z
      .enum(["gke", "k3d", "k3s", "microk8s", "minikube", "openshift"])
      .describe(
        "Platform whose ways Istio's charts know: the folders of the network plugins, on GKE the quota without which " +
          "it refuses the node agent, on OpenShift Multus and SELinux. Default: none, which fits all others.",
      )
      .optional(),
    cniBinDir: folder
      .describe(
        "Folder of the nodes in which the container runtime has its network plugins. Default: the platform's, else " +
          "/opt/cni/bin.",
      )
      .optional(),
    cniConfDir: folder
      .describe(
        "Folder of the nodes with the network plugins' configuration. Default: the platform's, else /etc/cni/net.d.",
      )
      .optional(),
  })
  .describe("This program installs it.");

const existingIstio = z
  .strictObject({
    mode: existing,
    revision: dnsLabel
      .describe(
        "Revision, or tag of one, whose sidecars Shlink's pods get. Default: the one for namespaces with " +
          "istio-injection=enabled.",
      )
      .optional(),
    namespace: dnsLabel
      .default("istio-system")
      .describe("Namespace of istiod and of what holds for the whole mesh."),
    trustDomain: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be a domain such as "cluster.local"')
      .default("cluster.local")
      .meta({ title: "domain", examples: ["cluster.local"] })
      .describe("Domain of the identities in the mesh."),
    gateway: z
      .strictObject({
        ...place("istio-ingress", { istio: "ingressgateway" }),
        account: dnsSubdomain
          .default("istio-ingressgateway")
          .describe("Service account of its pods: the identity that alone may call Shlink."),
      })
      .prefault({})
      .describe("The ingress gateway that serves `routing.hosts`."),
    cni: z
      .boolean()
      .default(true)
      .describe(
        "Whether the mesh has a node agent, so that namespace `shlink` can enforce Pod Security `restricted`.",
      ),
  })
  .describe(
    "The cluster has it: only what concerns Shlink is added, and nothing outside of its namespace.",
  );

export const mesh = z
  .discriminatedUnion("mode", [istio, existingIstio])
  .prefault({ mode: "install" })
  .describe("Istio.");
