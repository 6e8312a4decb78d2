import { z } from "zod";
import { replicas, requests } from "./values.ts";

const nodePort = z.int().min(30000).max(32767);
/** `Local` keeps the client's address, and takes traffic only at nodes where a gateway runs. */
const externalTrafficPolicy = z.literal(["Local", "Cluster"]);
const service = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("LoadBalancer"), externalTrafficPolicy }),
  z.strictObject({ type: z.literal("ClusterIP") }),
  z
    .strictObject({
      type: z.literal("NodePort"),
      externalTrafficPolicy,
      /** Node port of the gateway's HTTP listener. */
      httpNodePort: nodePort,
      /** Node port of its HTTPS listener. Absent: Kubernetes chooses one. */
      httpsNodePort: nodePort.optional(),
    })
    .refine((ports) => ports.httpNodePort !== ports.httpsNodePort, {
      path: ["httpsNodePort"],
      message: "must differ from httpNodePort",
    }),
]);

const folder = z
  .string()
  .regex(/^(\/[^/\s]+)+$/, 'must be an absolute path such as "/opt/cni/bin"');

export const mesh = z.strictObject({
  istiod: z.strictObject({ replicas, requests }),
  gateway: z.strictObject({ replicas, requests, service }),
  /** Redirect pods' traffic by a node agent, not by init containers with NET_ADMIN, which `restricted` refuses. */
  cni: z.boolean(),
  /** Where the nodes' container runtime has its network plugins: GKE and k3s have other folders than most. */
  cniBinDir: folder,
  /** Where it has their configuration. */
  cniConfDir: folder,
});
