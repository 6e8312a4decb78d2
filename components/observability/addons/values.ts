import { grafanaValues } from "./grafana.ts";
import { jaegerValues } from "./jaeger.ts";
import { kialiValues } from "./kiali.ts";
import { prometheusValues } from "./prometheus.ts";
import { addonAddresses, type AddonName, type AddonsSettings } from "./settings.ts";

export interface ValuesArgs {
  storageClass: string;
  /** Labels of the monitors that Prometheus reads. */
  labels: Record<string, string>;
  addons: AddonsSettings;
}

/** What each chart gets, of the addons that come as charts. */
export function addonValues({ storageClass, labels, addons }: ValuesArgs) {
  const { prometheus, grafana, jaeger, kiali } = addons;
  const addresses = addonAddresses(addons);
  const values: Partial<Record<AddonName, Record<string, unknown>>> = {};
  if (prometheus.mode === "chart")
    values.prometheus = prometheusValues({ ...prometheus, storageClass, labels });
  if (grafana.mode === "chart") values.grafana = grafanaValues(grafana, addresses);
  if (jaeger.mode === "chart") values.jaeger = jaegerValues({ ...jaeger, storageClass });
  if (kiali.mode === "chart") values.kiali = kialiValues(kiali, addresses);
  return values;
}
