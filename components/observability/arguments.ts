import type { Tracing } from "../mesh/index.ts";
import type { RoutingTls } from "../routing/types.ts";
import { servedTls } from "../vault/tls.ts";
import type { VaultSettings, VaultTlsSetting } from "../vault/types.ts";
import type { ObservabilityArgs } from "./index.ts";
import type { ProberTargets } from "./monitors.ts";
import { collector } from "./addons/jaeger.ts";
import { installedAddons, addonsNamespace, type AddonName } from "./addons/settings.ts";
import { serviceHost, workloads } from "../../platform/workloads.ts";
import type { Settings } from "../../settings/index.ts";

type ObservabilitySettings = Settings["observability"];

/** The settings from which thresholds and targets follow. */
interface Watched extends Pick<Settings, "observability" | "database" | "redis" | "shlink"> {
  vault:
    | (Pick<VaultSettings, "mode" | "replicas" | "snapshots"> & { tls: VaultTlsSetting })
    | { mode: "existing" | "none" };
  routing: Pick<Settings["routing"], "hosts"> & { tls: RoutingTls };
}

/** What the settings of the other parts say about their monitoring; nothing when it is off. */
export function observabilityArgs(
  settings: Watched,
  others: string[],
): Omit<ObservabilityArgs, "namespace"> | undefined {
  const { observability, vault, shlink } = settings;
  if (observability.mode === "none") return undefined;
  const { labels, prober, dashboards } = observability;
  return {
    labels,
    others,
    ...(dashboards === undefined ? {} : { dashboards }),
    ...(vault.mode === "install" ? { vaultTls: servedTls(vault.tls) } : {}),
    ...(prober === undefined ? {} : { prober: { ...prober, targets: tlsServers(settings) } }),
    thresholds: {
      ...(vault.mode === "install" ? { vault: vaultThresholds(vault) } : {}),
      ...storeThresholds(settings),
      shlinkReplicas: shlink.replicas,
    },
  };
}

const vaultThresholds = ({
  replicas,
  snapshots,
}: Pick<VaultSettings, "replicas" | "snapshots">) => ({
  replicas,
  ...(snapshots.mode === "none" ? {} : { snapshotSchedule: snapshots.schedule }),
});
/** The thresholds of the database and the Redis that the stack runs itself. */
export function storeThresholds({ database, redis }: Pick<Settings, "database" | "redis">) {
  const databases = () => {
    if (database.mode === "outside") return {};
    const { instances, backups } = database;
    const schedule = backups.mode === "none" ? {} : { fullSchedule: backups.fullSchedule };
    return { database: { instances, ...schedule } };
  };
  if (redis.mode === "outside") return databases();
  return { ...databases(), redis: { replicas: redis.replicas, sentinels: redis.sentinels } };
}

/** The address to which the mesh sends traces; absent when nobody takes them. */
export function tracingArgs(settings: ObservabilitySettings): { tracing?: Tracing } {
  if (settings.mode === "none") return {};
  const { namespace, tracing, addons } = settings;
  if (addons.jaeger.mode === "chart") {
    const { samplingPercentage } = addons.jaeger;
    return { tracing: { namespace: addonsNamespace, ...collector, samplingPercentage } };
  }
  return tracing === undefined ? {} : { tracing: { namespace, ...tracing } };
}

/** Namespace of the Prometheus that reads the metrics; nothing when none does. */
export function scrapedFrom(settings: ObservabilitySettings): string | undefined {
  if (settings.mode === "none") return undefined;
  return settings.addons.prometheus.mode === "chart" ? addonsNamespace : settings.namespace;
}

/** The addons that this program installs, with the settings of all; nothing when it installs none. */
export function addonsArgs(settings: ObservabilitySettings) {
  if (settings.mode === "none") return undefined;
  const { labels, addons } = settings;
  return installed(settings).length === 0 ? undefined : { labels, addons };
}

/** The addons that come as charts. */
export const installed = (settings: ObservabilitySettings): AddonName[] =>
  settings.mode === "none" ? [] : installedAddons(settings.addons);

/** Servers with a certificate that somebody has to renew. */
const tlsServers = ({ routing, vault }: Watched): ProberTargets["targets"] => [
  ...(["plaintext", "edge"].includes(routing.tls.mode)
    ? []
    : routing.hosts.map((host) => `${host}:443`)),
  ...(vault.mode !== "install" || vault.tls.mode === "plaintext"
    ? []
    : [`${serviceHost("vault", "vault")}:${workloads.vault.ports.api}`]),
];
