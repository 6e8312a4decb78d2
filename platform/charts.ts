import type { PartName } from "./parts.ts";

interface ChartPin {
  /** Name of the Helm release; names of the chart's objects begin with it. */
  release: string;
  /** Helm repository, or an `oci://` prefix. */
  repository: string;
  name: string;
  version: string;
}

const istio = {
  repository: "https://istio-release.storage.googleapis.com/charts",
  version: "1.30.4",
};

/** Every chart this program installs; the only place that knows a chart's version. */
export const charts = {
  istioBase: { ...istio, release: "istio-base", name: "base" },
  istioCni: { ...istio, release: "istio-cni", name: "cni" },
  istiod: { ...istio, release: "istiod", name: "istiod" },
  istioGateway: { ...istio, release: "istio-ingressgateway", name: "gateway" },
  vault: {
    release: "vault",
    repository: "https://helm.releases.hashicorp.com",
    name: "vault",
    version: "0.34.1",
  },
  externalSecrets: {
    release: "external-secrets",
    repository: "https://charts.external-secrets.io",
    name: "external-secrets",
    version: "0.20.4",
  },
  pgo: {
    release: "pgo",
    repository: "oci://registry.developers.crunchydata.com/crunchydata",
    name: "pgo",
    version: "6.0.3",
  },
  redisOperator: {
    release: "redis-operator",
    repository: "https://spotahome.github.io/redis-operator",
    name: "redis-operator",
    version: "3.2.9",
  },
  /** A fork that is still worked on, with the same resources and names. */
  freshworksRedisOperator: {
    release: "redis-operator",
    repository: "oci://ghcr.io/freshworks-oss/charts",
    name: "redis-operator",
    version: "3.3.4",
  },
  prometheus: {
    release: "prometheus",
    repository: "https://prometheus-community.github.io/helm-charts",
    name: "kube-prometheus-stack",
    version: "88.5.3",
  },
  grafana: {
    release: "grafana",
    repository: "https://grafana-community.github.io/helm-charts",
    name: "grafana",
    version: "12.11.1",
  },
  jaeger: {
    release: "jaeger",
    repository: "https://jaegertracing.github.io/helm-charts",
    name: "jaeger",
    version: "4.11.1",
  },
  /** Kiali follows Istio: 1.30 brings this one. */
  kiali: {
    release: "kiali",
    repository: "https://kiali.org/helm-charts",
    name: "kiali-server",
    version: "2.26.0",
  },
} satisfies Record<string, ChartPin>;

export type ChartName = keyof typeof charts;
export const chartNames = Object.keys(charts) as ChartName[];

/** Name of the release of the chart that this program brings itself. */
export const janitorRelease = "janitor";

/** Where charts come from: the upstream repositories, or one mirror for all of them. */
export interface ChartSource {
  /** Folder with `<name>-<version>.tgz` files, an `https://` repository, or an `oci://` prefix. */
  mirror?: string | undefined;
  /** Versions in place of those above. */
  versions?: Partial<Record<ChartName, string>>;
  /** Digests that charts of a registry must have. */
  digests?: Partial<Record<ChartName, string>>;
}

interface ChartLocation {
  chart: string;
  version?: string;
  repositoryOpts?: { repo: string };
}

/** Says where Helm finds a chart. */
export function locate(chart: ChartName, source: ChartSource): ChartLocation {
  const { repository, name, version: tested } = charts[chart];
  const version = source.versions?.[chart] ?? tested;
  const from = source.mirror ?? repository;
  const digest = source.digests?.[chart];
  if (from.startsWith("oci://"))
    return { chart: `${from}/${name}${digest === undefined ? "" : `@${digest}`}`, version };
  if (isRemote(from)) return { chart: name, version, repositoryOpts: { repo: from } };
  return { chart: `${from}/${name}-${version}.tgz` };
}

const isRemote = (from: string) => /^(oci|https):\/\//.test(from);

/** The files that a mirror folder has to hold for these charts; none for what is asked over the network. */
export function mirroredFiles(source: ChartSource, used: ChartName[]): string[] {
  if (source.mirror === undefined || isRemote(source.mirror)) return [];
  return used.map((chart) => locate(chart, source).chart);
}

/** The operators that can make Redis, by the setting's value, each with the chart that brings it. */
export const redisOperators = {
  spotahome: "redisOperator",
  freshworks: "freshworksRedisOperator",
} satisfies Record<string, ChartName>;

export type RedisOperator = keyof typeof redisOperators;

/** Charts that show what goes on; each is installed only where the settings ask for it. */
const addons = ["prometheus", "grafana", "jaeger", "kiali"] as const satisfies ChartName[];

export interface ChartChoice {
  /** Whether the mesh has a node agent. */
  cni: boolean;
  /** Absent: nobody needs one. */
  redisOperator?: RedisOperator | undefined;
  /** The addons that come as charts. */
  addons: (typeof addons)[number][];
  /** The parts that the cluster has already, or that nobody needs. */
  absent?: PartName[];
}

/** The charts that bring a part. */
const chartsOf: Record<PartName, ChartName[]> = {
  vault: ["vault"],
  mesh: ["istioBase", "istioCni", "istiod", "istioGateway"],
  externalSecrets: ["externalSecrets"],
  postgresOperator: ["pgo"],
  redisOperator: Object.values(redisOperators),
};

/** The charts that a stack installs. */
export function usedCharts(choice: ChartChoice): ChartName[] {
  const { cni, redisOperator, addons: wanted, absent = [] } = choice;
  const unused = new Set<ChartName>([...Object.values(redisOperators), ...addons]);
  if (redisOperator !== undefined) unused.delete(redisOperators[redisOperator]);
  for (const used of wanted) unused.delete(used);
  if (!cni) unused.add("istioCni");
  for (const part of absent) for (const chart of chartsOf[part]) unused.add(chart);
  return (Object.keys(charts) as ChartName[]).filter((chart) => !unused.has(chart));
}
