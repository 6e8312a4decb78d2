import type { Settings } from "../../../settings/index.ts";

/** Namespace of the addons that this program installs. */
export const addonsNamespace = "addons";

export type AddonsSettings = Extract<Settings["observability"], { mode: "monitors" }>["addons"];

/** The settings of an addon that comes as a chart. */
export type ChartSettings<Name extends AddonName> = Extract<
  AddonsSettings[Name],
  { mode: "chart" }
>;

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
