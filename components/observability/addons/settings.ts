import type { Requests } from "../../../platform/quantity.ts";

/** Namespace of the addons that this program installs. */
export const addonsNamespace = "addons";

/** Not wanted, one that the cluster has, or one that comes with the program. */
type Addon<Chart> =
  { mode: "none" } | { mode: "address"; address: string } | ({ mode: "chart" } & Chart);

export interface PrometheusChart {
  requests: Requests;
  storage: string;
  /** How long it remembers, as Prometheus writes it: 15d. */
  retention: string;
}

export interface JaegerChart {
  requests: Requests;
  storage: string;
  /** How long it remembers, in hours. */
  retentionHours: number;
  /** How many requests of a hundred are traced. */
  samplingPercentage: number;
}

export interface AddonsSettings {
  prometheus: Addon<PrometheusChart>;
  grafana: Addon<{ requests: Requests }>;
  jaeger: Addon<JaegerChart>;
  kiali: Addon<{ requests: Requests }>;
}

export type AddonName = keyof AddonsSettings;

/** The Services that the charts make, and their ports. */
const services: Record<AddonName, string> = {
  prometheus: "prometheus-prometheus.addons.svc:9090",
  grafana: "grafana.addons.svc:80",
  jaeger: "jaeger.addons.svc:16686",
  kiali: "kiali.addons.svc:20001",
};

/** Where each addon answers inside the cluster; by this the addons find each other. */
export function addonAddresses(addons: AddonsSettings): Partial<Record<AddonName, string>> {
  const entries = (Object.keys(services) as AddonName[]).flatMap((name) => {
    const addon = addons[name];
    if (addon.mode === "none") return [];
    return [[name, addon.mode === "address" ? addon.address : `http://${services[name]}`]];
  });
  return Object.fromEntries(entries) as Partial<Record<AddonName, string>>;
}

/** The addons that come as charts. */
export const installedAddons = (addons: AddonsSettings): AddonName[] =>
  (Object.keys(services) as AddonName[]).filter((name) => addons[name].mode === "chart");
