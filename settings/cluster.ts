import { z } from "zod";
import {
  ciliumEntities,
  isCiliumEntity,
  type OutsidePeer,
  type PolicyMode,
  policyModes,
  usualApiServerPorts,
  usualDns,
} from "../platform/surroundings.ts";
import { line, dnsLabel, dnsSubdomain, labels, narrowCidr } from "./values.ts";

const peer = z
  .union(
    [
      narrowCidr,
      z.strictObject({
        namespace: dnsLabel.describe("Namespace of the pods."),
        pods: labels
          .refine(
            (all) => Object.keys(all).length > 0,
            "must have a label: none would be every pod",
          )
          .describe("Labels of the pods. Default: all pods of the namespace.")
          .optional(),
      }),
      z.strictObject({
        entity: z.enum(ciliumEntities).describe("What Cilium knows by this name."),
      }),
    ],
    {
      error:
        'must be a CIDR such as "10.0.0.0/8", pods such as { namespace: kube-system, pods: { k8s-app: kube-dns } }, ' +
        `or an entity of Cilium: { entity: ${ciliumEntities.join(" | ")} }`,
    },
  )
  .meta({
    title: "CIDR, { namespace, pods }, or { entity }",
    examples: ["10.0.0.0/8", { namespace: "kube-system", pods: { "k8s-app": "kube-dns" } }],
  });
const peers = z.array(peer).min(1, "must name at least one peer: nobody would be let through");
const ports = z
  .array(z.int().min(1).max(65535))
  .min(1, "must name at least one port: every port would be open");

const dns = z
  .strictObject({
    service: z
      .string()
      .regex(
        /^[a-z0-9][-a-z0-9]*\/[a-z0-9][-a-z0-9]*$/,
        'must be namespace and name of a Service such as "kube-system/kube-dns"',
      )
      .default(usualDns.service)
      .describe("The Service of the cluster's DNS, which is looked at before anything is made."),
    peers: peers.default(usualDns.peers).describe("Who answers."),
    ports: ports.default(usualDns.ports).describe("Ports of the peers, for UDP and TCP."),
  })
  .prefault({})
  .describe("Whom every pod may ask for names.");

export const cluster = z
  .strictObject({
    context: line.describe(
      "The kubeconfig context of this stack; the program refuses to run against any other.",
    ),
    storageClass: dnsSubdomain.describe("StorageClass of every volume that names no other."),
    networkPolicies: z
      .enum(policyModes)
      .default("standard")
      .describe(
        "How connections are limited: standard makes a NetworkPolicy for each kind of pod; cilium adds a " +
          "CiliumNetworkPolicy where a peer is one of Cilium's entities; none makes neither, for clusters that bring " +
          "their own, and the policy pack reports it.",
      ),
    apiServer: peers.describe(
      "The API server: the address of its Service and the addresses behind it. With Cilium on nodes that run it, " +
        "{ entity: kube-apiserver }: there addresses do not match nodes.",
    ),
    apiServerPorts: ports
      .default(usualApiServerPorts)
      .describe("Ports of the API server's Service and of the servers behind it."),
    webhookCallers: peers
      .describe(
        "Who calls webhooks, where the API server does not do it from its own addresses: nodes, or tunnel agents such " +
          "as { namespace: kube-system, pods: { k8s-app: konnectivity-agent } }. Default: `apiServer`.",
      )
      .optional(),
    dns,
    mutatingAdmission: z
      .enum(["v1", "v1beta1", "none"])
      .default("v1")
      .describe(
        "API version in which the cluster has MutatingAdmissionPolicy: v1 from Kubernetes 1.36 on, v1beta1 before. " +
          "It keeps the Redis password out of the operator's ConfigMap; with none it is stored there in clear.",
      ),
  })
  .superRefine(checkEntities)
  .describe("The Kubernetes cluster that the stack is deployed to.");

/** NetworkPolicies have no word for what Cilium calls an entity: a rule that lost all of its peers would be for everybody. */
function checkEntities(settings: Peers, context: z.RefinementCtx): void {
  if (settings.networkPolicies === "cilium") return;
  const { apiServer, webhookCallers = [], dns } = settings;
  const lists = { apiServer, webhookCallers, "dns.peers": dns.peers };
  for (const [path, list] of Object.entries(lists))
    for (const [index, peer] of list.entries())
      if (isCiliumEntity(peer))
        context.addIssue({
          code: "custom",
          path: [...path.split("."), index],
          message: "must be a CIDR or pods: entities need cluster.networkPolicies cilium",
        });
}

interface Peers {
  networkPolicies: PolicyMode;
  apiServer: OutsidePeer[];
  webhookCallers?: OutsidePeer[] | undefined;
  dns: { peers: OutsidePeer[] };
}
