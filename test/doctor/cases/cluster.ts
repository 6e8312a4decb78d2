import type { Facts, Pod } from "../../../doctor/facts.ts";
import { minutesAgo } from "../support/healthy.ts";
import type { Case, QuietCase } from "./case.ts";

const failing = (kind: "unreachable" | "certificate" | "login") => (facts: Facts) => {
  facts.server.failure = { kind, message: "it fails" };
};

export const podNamed = ({ pods }: Facts, name: string): Pod => {
  const found = pods.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`the healthy cluster has no pod ${name}`);
  return found;
};

/** Puts the container of a pod into a state. */
export function contain(facts: Facts, name: string, state: object, more: object = {}) {
  podNamed(facts, name).status!.containerStatuses = [
    { name: "main", ready: false, image: "an-image", state, ...more },
  ];
}

export const notReady = (facts: Facts, name: string) => {
  podNamed(facts, name).status!.conditions = [{ type: "Ready", status: "False" }];
};

const claimEvent = (reason: string, message: string) => ({
  involvedObject: { kind: "PersistentVolumeClaim", namespace: "vault", name: "data-vault-0" },
  reason,
  message,
});

export const cases: Case[] = [
  {
    id: "api-unreachable",
    what: "no connection",
    change: failing("unreachable"),
    says: /it fails/,
  },
  {
    id: "api-certificate-invalid",
    what: "expired",
    change: failing("certificate"),
    says: /it fails/,
  },
  { id: "api-login-refused", what: "a 401", change: failing("login"), says: /it fails/ },
  {
    id: "api-slow",
    what: "two seconds for a version",
    change: (facts) => (facts.server.seconds = 2),
    says: /took 2\.0 s/,
  },
  {
    id: "clock-skewed",
    what: "an API server of tomorrow",
    change: ({ server }) => (server.ahead = 86_400),
    says: /clock is 86400 s ahead of this machine's/,
  },
  {
    id: "clock-skewed",
    what: "an API server that lags",
    change: ({ server }) => (server.ahead = -31),
    says: /clock is 31 s behind this machine's/,
  },
  {
    id: "namespace-missing",
    what: "no namespace redis",
    change: (facts) =>
      (facts.namespaces = facts.namespaces.filter(({ metadata }) => metadata.name !== "redis")),
    says: /namespace redis is not there/,
  },
  {
    id: "namespace-missing",
    what: "a namespace that is being deleted",
    change: ({ namespaces }) => (namespaces[3]!.metadata.deletionTimestamp = minutesAgo(1)),
    says: /is being deleted/,
    link: "secrets",
  },
  {
    id: "definitions-missing",
    what: "no definition of Istio's security group",
    change: (facts) =>
      (facts.definitions = facts.definitions.filter((name) => !name.includes("security.istio"))),
    says: /security\.istio\.io/,
  },
  {
    id: "node-not-ready",
    what: "a node whose kubelet is silent",
    change: ({ nodes }) =>
      (nodes[0]!.status!.conditions = [
        { type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" },
      ]),
    says: /NodeStatusUnknown/,
  },
  {
    id: "dns-down",
    what: "no endpoint of kube-dns",
    change: (facts) => (facts.endpointSlices[1]!.endpoints = [{ conditions: { ready: false } }]),
    says: /kube-dns leads to no ready pod/,
  },
  {
    id: "volume-pending",
    what: "a claim that waits",
    change: ({ claims }) => (claims[0]!.status!.phase = "Pending"),
    says: /vault\/data-vault-0 is Pending/,
    link: "vault",
  },
  {
    id: "definitions-missing",
    what: "a single definition that is gone",
    change: (facts) =>
      (facts.definitions = facts.definitions.filter((name) => !name.startsWith("virtualserv"))),
    says: /no definition virtualservices\.networking\.istio\.io/,
  },
  {
    id: "definitions-missing",
    what: "a version that is not served",
    change: ({ unserved }) => unserved.push("secretstores.external-secrets.io"),
    says: /secretstores\.external-secrets\.io is not served as external-secrets\.io\/v1/,
  },
  {
    id: "node-not-ready",
    what: "a node whose disk is full, though it is ready",
    change: ({ nodes }) =>
      nodes[0]!.status!.conditions!.push({ type: "DiskPressure", status: "True" }),
    says: /node node: DiskPressure/,
  },
  {
    id: "volume-pending",
    what: "a class that is not there, by the claim's event",
    change: ({ claims, events }) => {
      claims[0]!.status!.phase = "Pending";
      events.push(claimEvent("ProvisioningFailed", 'storageclass "fast" not found'));
    },
    says: /is Pending .*: storageclass "fast" not found/,
    link: "vault",
  },
  {
    id: "volume-pending",
    what: "a claim that somebody deletes while its pod runs",
    change: ({ claims }) => (claims[0]!.metadata.deletionTimestamp = minutesAgo(1)),
    says: /vault\/data-vault-0 is being deleted/,
    link: "vault",
  },
  {
    id: "volume-nearly-full",
    what: "a full volume of the audit log",
    change: ({ disks }) => disks.push({ ...disks[0]!, folder: "/vault/audit", usedPercent: 100 }),
    says: /vault-0:\/vault\/audit is 100 % full/,
    link: "vault",
  },
  {
    id: "volume-nearly-full",
    what: "a full volume of PostgreSQL",
    change: ({ disks }) =>
      disks.push({ namespace: "postgres", pod: "pg-0", folder: "/pgdata", usedPercent: 96 }),
    says: /pgdata is 96 % full/,
    link: "database",
  },
  {
    id: "network-policy-blocks",
    what: "a policy that is gone",
    change: (facts) => {
      facts.networkPolicies = facts.networkPolicies.filter(
        ({ metadata }) => metadata.name !== "sentinel",
      );
      const closed = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
      facts.networkPolicies.push({
        metadata: { name: "default", namespace: "redis" },
        spec: closed,
      });
    },
    says: /shlink to sentinel, port 26379/,
    link: "redis",
  },
  {
    id: "network-policy-blocks",
    what: "a namespace whose pods may not ask for names",
    change: (facts) =>
      (facts.networkPolicies = facts.networkPolicies.filter(
        ({ metadata }) => metadata.namespace !== "shlink" || metadata.name !== "closed",
      )),
    says: /^shlink to the cluster's DNS/m,
    link: "shlink",
  },
  {
    id: "network-policy-blocks",
    what: "an operator that may not call the API server",
    change: ({ networkPolicies }) =>
      (networkPolicies.find(({ metadata }) => metadata.name === "pgo")!.spec!.egress = []),
    says: /pgo to api-server/,
    link: "operators",
  },
  {
    id: "operator-unavailable",
    what: "an operator that was scaled down",
    change: (facts) =>
      (facts.pods = facts.pods.filter(({ metadata }) => metadata.name !== "pgo-0")),
    says: /postgres-operator: 0 pods of pgo/,
  },
  ...Object.entries({
    "does not answer":
      "failed to do request: dial tcp: lookup registry on 10.0.0.1:53: no such host",
    "does not give it":
      "pull access denied, repository does not exist or may require authorization",
    "does not have it": "failed to resolve reference: docker.io/library/one:2: not found",
  }).map(([says, message]) => ({
    id: "image-pull",
    what: `a registry that ${says}`,
    change: (facts: Facts) =>
      contain(facts, "rfr-0", { waiting: { reason: "ErrImagePull", message } }),
    says: new RegExp(`for an-image: the registry ${says}`),
    link: "redis" as const,
  })),
];

/** The operators as parts that the cluster has from elsewhere: the platform has neither their namespace nor their pods. */
const takeOperators = (facts: Facts) => {
  facts.others = ["external-secrets", "postgres-operator", "redis-operator"];
  const ours = (namespace = "") => !facts.others.includes(namespace);
  facts.namespaces = facts.namespaces.filter(({ metadata }) => ours(metadata.name));
  facts.pods = facts.pods.filter(({ metadata }) => ours(metadata.namespace));
  facts.networkPolicies = facts.networkPolicies.filter(({ metadata }) => ours(metadata.namespace));
};

export const quiet: QuietCase[] = [
  { id: "clock-skewed", what: "two seconds", change: ({ server }) => (server.ahead = -2) },
  {
    id: "node-not-ready",
    what: "a node that has nothing of the platform",
    change: ({ nodes }) => nodes.push({ metadata: { name: "other" } }),
  },
  {
    id: "volume-pending",
    what: "a claim left over that waits for a first pod",
    change: ({ claims, events }) => {
      claims[0]!.status!.phase = "Pending";
      events.push(claimEvent("WaitForFirstConsumer", "waiting for first consumer"));
    },
  },
  ...["namespace-missing", "operator-unavailable", "network-policy-blocks"].map((id) => ({
    id,
    what: "operators that the cluster has from elsewhere",
    change: takeOperators,
  })),
  {
    id: "network-policy-blocks",
    what: "ends that are no pods where Cilium has policies of its own",
    change: (facts) => {
      facts.definitions.push("ciliumnetworkpolicies.cilium.io");
      const pgo = facts.networkPolicies.find(({ metadata }) => metadata.name === "pgo");
      pgo!.spec!.egress = [];
    },
  },
  {
    id: "network-policy-blocks",
    what: "a cluster without any policy",
    change: (facts) => (facts.networkPolicies = []),
  },
  {
    id: "network-policy-blocks",
    what: "one more policy, which takes nothing away",
    change: ({ networkPolicies }) =>
      networkPolicies.push({
        metadata: { name: "more", namespace: "shlink" },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      }),
  },
];
