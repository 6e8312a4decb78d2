import type { Requests } from "../../../platform/quantity.ts";
import type { AddonName } from "./settings.ts";

/** The ConfigMap with dashboards in the addons' namespace. */
export const dashboardsName = "shlink-dashboards";

/**
 * Data sources and dashboards come by configuration, so it needs no volume, and no right to read the cluster. The chart
 * makes up the administrator's password and keeps it in its Secret.
 */
export function grafanaValues(
  { requests }: { requests: Requests },
  addresses: Partial<Record<AddonName, string>>,
) {
  return {
    resources: { requests },
    rbac: { create: false },
    serviceAccount: { automountServiceAccountToken: false },
    automountServiceAccountToken: false,
    testFramework: { enabled: false },
    "grafana.ini": {
      analytics: { check_for_updates: false, reporting_enabled: false },
      "auth.anonymous": { enabled: false },
    },
    datasources: { "datasources.yaml": { apiVersion: 1, datasources: datasources(addresses) } },
    dashboardProviders: { "providers.yaml": { apiVersion: 1, providers: [provider] } },
    dashboardsConfigMaps: { shlink: dashboardsName },
  };
}

const provider = {
  name: "shlink",
  folder: "Shlink",
  type: "file",
  disableDeletion: true,
  options: { path: "/var/lib/grafana/dashboards/shlink" },
};

const datasources = ({ prometheus, jaeger }: Partial<Record<AddonName, string>>) => [
  ...(prometheus === undefined ? [] : [datasource("Prometheus", prometheus, true)]),
  ...(jaeger === undefined ? [] : [datasource("Jaeger", jaeger, false)]),
];

const datasource = (name: string, url: string, isDefault: boolean) => ({
  name,
  url,
  isDefault,
  type: name.toLowerCase(),
  uid: name.toLowerCase(),
});
