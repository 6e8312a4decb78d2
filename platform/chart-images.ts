import { charts } from "./charts.ts";
import { images } from "./images.ts";

const istio = (name: string) => `registry.istio.io/release/${name}:${charts.istiod.version}`;

/** What the charts name in the versions of charts.ts; written out where a mirror or a digest has to take its place. */
export const chartImages = {
  istiod: istio("pilot"),
  istioProxy: istio("proxyv2"),
  istioCni: istio("install-cni"),
  vault: "docker.io/hashicorp/vault:2.0.4",
  externalSecrets: `oci.external-secrets.io/external-secrets/external-secrets:v${charts.externalSecrets.version}`,
  pgo: `registry.developers.crunchydata.com/crunchydata/postgres-operator:ubi9-${charts.pgo.version}-0`,
};

/** The operator's image by who makes Redis. Freshworks' chart 3.3.4 names a tag that was never pushed. */
export const redisOperatorImages = {
  spotahome: "quay.io/spotahome/redis-operator:v1.2.4",
  freshworks: `ghcr.io/freshworks-oss/redis-operator:v${charts.freshworksRedisOperator.version}`,
};

/** Images whose tags only PGO's chart knows, from this registry. */
export const postgresRegistry = "registry.developers.crunchydata.com";
export const postgresImages = ["postgres", "pgbackrest", "pgbouncer", "postgresExporter"] as const;

/** Images of the addons' charts, each with the registry that it comes from. */
export const addonRegistries = {
  prometheusOperator: "quay.io",
  prometheusConfigReloader: "quay.io",
  prometheus: "quay.io",
  kubeStateMetrics: "registry.k8s.io",
  grafana: "docker.io",
  jaeger: "docker.io",
  kiali: "quay.io",
};

/** Names by which the settings replace images. */
export const imageNames = [
  ...(Object.keys(images) as (keyof typeof images)[]),
  ...(Object.keys(chartImages) as (keyof typeof chartImages)[]),
  "redisOperator" as const,
  ...postgresImages,
  ...(Object.keys(addonRegistries) as (keyof typeof addonRegistries)[]),
];

export type ImageName = (typeof imageNames)[number];
