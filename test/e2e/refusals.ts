import type { Attempt } from "./places.ts";

/** Written down by hand, not from the table: what nobody has a reason for, though somebody listens everywhere. */
export const refusals: Attempt[] = [
  // Pods of a namespace that is nobody's.
  ["stranger", "vault", 8200],
  ["stranger", "vault", 8201],
  ["stranger", "postgres", 5432],
  ["stranger", "pgbackrest", 8432],
  ["stranger", "redis", 6379],
  ["stranger", "sentinel", 26379],
  ["stranger", "shlink", 8080],
  ["stranger", "istiod", 15012],
  ["stranger", "istiod", 15017],
  ["stranger", "external-secrets-webhook", 10250],
  ["stranger", "gateway", 15020],
  // Pods of no known kind, in the same namespace.
  ["unforeseen-vault", "vault", 8200],
  ["unforeseen-postgres", "postgres", 5432],
  ["unforeseen-redis", "redis", 6379],
  ["unforeseen-shlink", "shlink", 8080],
  // Kinds that have nothing to do with each other.
  ["gateway", "vault", 8200],
  ["gateway", "postgres", 5432],
  ["gateway", "redis", 6379],
  ["shlink", "vault", 8200],
  ["shlink", "pgbackrest", 8432],
  ["redis", "postgres", 5432],
  ["postgres", "redis", 6379],
  ["vault", "postgres", 5432],
  ["external-secrets", "postgres", 5432],
  ["redis-operator", "vault", 8200],
  // Other ports of those that they may speak to.
  ["shlink", "postgres", 8008],
  ["gateway", "shlink", 15020],
  ["external-secrets", "vault", 8201],
  ["redis", "sentinel", 9355],
  ["monitoring", "vault", 8201],
  ["monitoring", "postgres", 5432],
  ["monitoring", "redis", 6379],
  ["monitoring", "shlink", 8080],
  // The API server, for pods that do not call it.
  ["shlink", "api-server", 443],
  ["shlink", "api-server", 6443],
  ["shlink-migration", "api-server", 443],
  ["gateway", "api-server", 443],
  ["redis", "api-server", 443],
  ["sentinel", "api-server", 6443],
  ["redis-ready", "api-server", 443],
  ["vault-snapshot", "api-server", 443],
  ["unforeseen-platform", "api-server", 443],
  // The kubelet, on the node.
  ["shlink", "node", 10250],
  ["gateway", "node", 10250],
  ["vault", "node", 10250],
  ["postgres", "node", 10250],
  ["pgo", "node", 10250],
  ["unforeseen-platform", "node", 10250],
  // Out of the platform.
  ["shlink", "stranger", 443],
  ["vault", "stranger", 443],
  ["gateway", "monitoring", 9090],
];
