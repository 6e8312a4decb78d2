import { z } from "zod";
import { cidr, dnsSubdomain } from "./values.ts";

export const cluster = z
  .strictObject({
    context: z
      .string()
      .min(1)
      .describe(
        "The kubeconfig context of this stack; the program refuses to run against any other.",
      ),
    storageClass: dnsSubdomain.describe("StorageClass of every volume that names no other."),
    apiServer: z
      .array(
        cidr.refine(
          (network) => !network.endsWith("/0"),
          "must not be every address: pods could then reach any host on the API server's ports",
        ),
      )
      .min(1)
      .describe(
        "Networks of the API server: the address of its Service and the addresses behind it. Network policies open them.",
      ),
    mutatingAdmission: z
      .enum(["v1", "v1beta1", "none"])
      .default("v1")
      .describe(
        "API version in which the cluster has MutatingAdmissionPolicy: v1 from Kubernetes 1.36 on, v1beta1 before. " +
          "It keeps the Redis password out of the operator's ConfigMap; with none it is stored there in clear.",
      ),
  })
  .describe("The Kubernetes cluster that the stack is deployed to.");
