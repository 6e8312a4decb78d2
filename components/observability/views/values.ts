import { grafanaValues } from "./grafana.ts";
import { jaegerValues } from "./jaeger.ts";
import { kialiValues } from "./kiali.ts";
import { prometheusValues } from "./prometheus.ts";
import { viewAddresses, type ViewName, type ViewsSettings } from "./settings.ts";

export interface ValuesArgs {
  storageClass: string;
  /** Labels of the monitors that Prometheus reads. */
  labels: Record<string, string>;
  views: ViewsSettings;
}

/** What each chart gets, of the views that come as charts. */
export function viewValues({ storageClass, labels, views }: ValuesArgs) {
  const { prometheus, grafana, jaeger, kiali } = views;
  const addresses = viewAddresses(views);
  const values: Partial<Record<ViewName, Record<string, unknown>>> = {};
  if (prometheus.mode === "chart")
    values.prometheus = prometheusValues({ ...prometheus, storageClass, labels });
  if (grafana.mode === "chart") values.grafana = grafanaValues(grafana, addresses);
  if (jaeger.mode === "chart") values.jaeger = jaegerValues({ ...jaeger, storageClass });
  if (kiali.mode === "chart") values.kiali = kialiValues(kiali, addresses);
  return values;
}
