import type { NamespaceName } from "./namespaces.ts";

/** Pods of one kind. */
export interface Workload {
  namespace: NamespaceName;
  /** The labels that tell them apart in their namespace. */
  labels: Record<string, string>;
  /** TCP ports of the pods, not of their Services. */
  ports: Record<string, number>;
}

/** The name of the RedisFailover, which the operator puts into labels and names of its own. */
export const failoverName = "shlink-redis";

/** Labels and annotations of PGO. */
export const pgoKey = (key: string) => `postgres-operator.crunchydata.com/${key}`;
const byName = (name: string) => ({ "app.kubernetes.io/name": name });
/** The labels that the operator gives to the pods of a component. */
const redisPart = (component: string) => ({
  "app.kubernetes.io/part-of": "redis-failover",
  ...byName(failoverName),
  "app.kubernetes.io/component": component,
});
/** The chart derives the labels of its servers from the name of the release. */
const vaultServer = {
  ...byName("vault"),
  "app.kubernetes.io/instance": "vault",
  component: "server",
};

/** cert-manager's label on the pods that answer an ACME issuer's questions. */
export const solverLabels = { "acme.cert-manager.io/http01-solver": "true" };

/** Every kind of pod: where it runs, how it is selected, and what it listens on. */
export const workloads = {
  istiod: {
    namespace: "istio-system",
    labels: { app: "istiod" },
    ports: { xds: 15012, metrics: 15014, webhook: 15017 },
  },
  "istio-cni": { namespace: "istio-cni", labels: { "k8s-app": "istio-cni-node" }, ports: {} },
  gateway: {
    namespace: "istio-ingress",
    labels: { istio: "ingressgateway" },
    ports: { http: 80, https: 443, metrics: 15020, status: 15021 },
  },
  "acme-solver": { namespace: "istio-ingress", labels: solverLabels, ports: { http: 8089 } },
  vault: { namespace: "vault", labels: vaultServer, ports: { api: 8200, raft: 8201 } },
  "vault-bootstrap": { namespace: "vault", labels: { app: "vault-bootstrap" }, ports: {} },
  "vault-unsealer": { namespace: "vault", labels: { app: "vault-unsealer" }, ports: {} },
  "vault-snapshot": { namespace: "vault", labels: { app: "vault-snapshot" }, ports: {} },
  "external-secrets": {
    namespace: "external-secrets",
    labels: byName("external-secrets"),
    ports: { metrics: 8080 },
  },
  "external-secrets-webhook": {
    namespace: "external-secrets",
    labels: byName("external-secrets-webhook"),
    ports: { webhook: 10250 },
  },
  "external-secrets-cert-controller": {
    namespace: "external-secrets",
    labels: byName("external-secrets-cert-controller"),
    ports: {},
  },
  // PGO's chart and its kustomization give different labels; nothing else runs in this namespace.
  pgo: { namespace: "postgres-operator", labels: {}, ports: {} },
  // The role label moves at a failover; this one does not.
  postgres: {
    namespace: "postgres",
    labels: { [pgoKey("data")]: "postgres" },
    ports: { sql: 5432, patroni: 8008, backup: 8432, metrics: 9187 },
  },
  "database-account": {
    namespace: "postgres",
    labels: { app: "database-account" },
    ports: {},
  },
  pgbouncer: {
    namespace: "postgres",
    labels: { [pgoKey("role")]: "pgbouncer" },
    ports: { sql: 5432 },
  },
  // The repository host, the backup Jobs and the restore Jobs.
  pgbackrest: {
    namespace: "postgres",
    labels: { [pgoKey("pgbackrest")]: "" },
    ports: { backup: 8432 },
  },
  "redis-operator": {
    namespace: "redis-operator",
    labels: byName("redis-operator"),
    ports: { metrics: 9710 },
  },
  redis: {
    namespace: "redis",
    labels: redisPart("redis"),
    ports: { redis: 6379, metrics: 9121 },
  },
  sentinel: {
    namespace: "redis",
    labels: redisPart("sentinel"),
    ports: { sentinel: 26379, metrics: 9355 },
  },
  "redis-ready": { namespace: "redis", labels: { app: "redis-ready" }, ports: {} },
  shlink: {
    namespace: "shlink",
    labels: { app: "shlink" },
    ports: { http: 8080, metrics: 15020 },
  },
  "shlink-migration": { namespace: "shlink", labels: { app: "shlink-migration" }, ports: {} },
  "shlink-api-keys": { namespace: "shlink", labels: { app: "shlink-api-keys" }, ports: {} },
  "web-client": { namespace: "shlink", labels: { app: "web-client" }, ports: { http: 8080 } },
  janitor: { namespace: "platform", labels: { app: "janitor" }, ports: {} },
} satisfies Record<string, Workload>;

export type WorkloadName = keyof typeof workloads;

/** The name inside the cluster of a Service that leads to these pods. */
export const serviceHost = (workload: WorkloadName, service: string) =>
  `${service}.${workloads[workload].namespace}.svc`;

/** How a selector of labels is written in a query to the API server. */
export const selectorText = (labels: Record<string, string>) =>
  Object.entries(labels)
    .map((label) => label.join("="))
    .join(",");
