import type { Requests } from "../../../platform/quantity.ts";

/** Namespace of the views that this program installs. */
export const viewsNamespace = "views";

/** Not wanted, one that the cluster has, or one that comes with the program. */
export type View<Chart> =
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

export interface ViewsSettings {
  prometheus: View<PrometheusChart>;
  grafana: View<{ requests: Requests }>;
  jaeger: View<JaegerChart>;
  kiali: View<{ requests: Requests }>;
}

export type ViewName = keyof ViewsSettings;

/** The Services that the charts make, and their ports. */
const services: Record<ViewName, string> = {
  prometheus: "prometheus-prometheus.views.svc:9090",
  grafana: "grafana.views.svc:80",
  jaeger: "jaeger.views.svc:16686",
  kiali: "kiali.views.svc:20001",
};

/** Where each view answers inside the cluster; by this the views find each other. */
export function viewAddresses(views: ViewsSettings): Partial<Record<ViewName, string>> {
  const entries = (Object.keys(services) as ViewName[]).flatMap((name) => {
    const view = views[name];
    if (view.mode === "none") return [];
    return [[name, view.mode === "address" ? view.address : `http://${services[name]}`]];
  });
  return Object.fromEntries(entries) as Partial<Record<ViewName, string>>;
}

/** The views that come as charts. */
export const installedViews = (views: ViewsSettings): ViewName[] =>
  (Object.keys(services) as ViewName[]).filter((name) => views[name].mode === "chart");
