export const externalSecrets = "github.com/external-secrets/external-secrets";
export const redisOperator = "github.com/spotahome/redis-operator";

/** Versions from which tests upgrade to those of the stacks: the last of the minor version before, or the patch before. */
export const olderVersions = {
  bao: "2.6.2",
  "external-secrets": "0.19.2",
  "redis-operator": "1.2.3",
};

/** Go modules whose own files (charts, CRDs, bootstrap templates) are used, most beside their binaries. */
export const moduleSources = {
  kwok: { module: "kwok", path: "sigs.k8s.io/kwok" },
  istio: { module: "istio", path: "istio.io/istio" },
  "external-secrets": { module: "external-secrets", path: externalSecrets },
  "older-external-secrets": {
    module: "external-secrets",
    path: `${externalSecrets}@v${olderVersions["external-secrets"]}`,
  },
  cilium: { module: "cilium", path: "github.com/cilium/cilium" },
  "prometheus-operator": {
    module: "prometheus-operator",
    path: "github.com/prometheus-operator/prometheus-operator",
  },
  "redis-operator": { module: "redis-operator", path: redisOperator },
  "older-redis-operator": {
    module: "redis-operator",
    path: `${redisOperator}@v${olderVersions["redis-operator"]}`,
  },
} as const;

export type ModuleName = keyof typeof moduleSources;
