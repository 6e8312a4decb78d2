import { databaseDashboard } from "./database.ts";
import { grafanaModel, type Dashboard } from "./panel.ts";
import { redisDashboard } from "./redis.ts";
import { secretsDashboard } from "./secrets.ts";
import { trafficDashboard } from "./traffic.ts";
import type { RuleArgs } from "../types.ts";

/** How Grafana finds the dashboards. */
export interface DashboardArgs {
  /** Labels by which Grafana's sidecar finds dashboards. */
  labels: Record<string, string>;
  /** Annotations that it reads, such as the folder to put them into. */
  annotations: Record<string, string>;
}

/** The settings from which the dashboards take what is healthy. */
export interface Healthy extends Pick<RuleArgs, "others"> {
  /** Present where the stack runs PostgreSQL. */
  database?: object;
  /** Present where the stack runs Redis. */
  redis?: { sentinels: number };
}

/** The dashboards, one for each part that somebody operates. */
export const dashboards = ({ database, redis, others }: Healthy): Dashboard[] => [
  trafficDashboard({ ...(others && { others }) }),
  ...(database === undefined ? [] : [databaseDashboard]),
  ...(redis === undefined ? [] : [redisDashboard(redis)]),
  secretsDashboard,
];

/** The dashboards as files, as Grafana's sidecar takes them out of a ConfigMap. */
export const dashboardFiles = (healthy: Healthy) =>
  Object.fromEntries(
    dashboards(healthy).map((one) => [`${one.uid}.json`, JSON.stringify(grafanaModel(one))]),
  );
