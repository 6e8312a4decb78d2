import { databaseDashboard } from "./database.ts";
import { grafanaModel, type Dashboard } from "./panel.ts";
import { redisDashboard } from "./redis.ts";
import { secretsDashboard } from "./secrets.ts";
import { trafficDashboard } from "./traffic.ts";

export interface DashboardArgs {
  /** Labels by which Grafana's sidecar finds dashboards. */
  labels: Record<string, string>;
  /** Annotations that it reads, such as the folder to put them into. */
  annotations: Record<string, string>;
}

/** One for each part that somebody operates. */
export const dashboards: Dashboard[] = [
  trafficDashboard,
  databaseDashboard,
  redisDashboard,
  secretsDashboard,
];

/** Files as Grafana's sidecar takes them out of a ConfigMap. */
export const dashboardFiles = () =>
  Object.fromEntries(
    dashboards.map((one) => [`${one.uid}.json`, JSON.stringify(grafanaModel(one))]),
  );
