import type * as pulumi from "@pulumi/pulumi";
import type { Backups } from "../database/backups.ts";
import type { Tracing } from "../mesh.ts";
import type { RoutingTls } from "../routing/traffic.ts";
import type { VaultTls } from "../vault/server.ts";
import type { ObservabilityArgs } from "./index.ts";
import type { ProberTargets } from "./monitors.ts";

export type ObservabilitySettings =
  | { mode: "none" }
  | {
      mode: "monitors";
      namespace: string;
      labels: Record<string, string>;
      tracing?: Omit<Tracing, "namespace"> | undefined;
      prober?: Omit<ProberTargets, "targets">;
    };

/** The settings from which thresholds and targets follow. */
interface Watched {
  observability: ObservabilitySettings;
  vault: {
    replicas: number;
    tls: VaultTls;
    snapshots: { mode: "none" } | { mode: "volume"; schedule: string };
  };
  database: { instances: number; backups: Backups };
  redis: { replicas: number; sentinels: number };
  shlink: { replicas: number };
  routing: { hosts: string[]; tls: RoutingTls };
}

/** What the settings of the other parts say about their monitoring; nothing when it is off. */
export function observabilityArgs(
  settings: Watched,
  namespace: pulumi.Input<string>,
): ObservabilityArgs | undefined {
  const { observability, vault, database, redis, shlink } = settings;
  if (observability.mode === "none") return undefined;
  const { labels, prober } = observability;
  const { backups, instances } = database;
  const { snapshots } = vault;
  return {
    namespace,
    labels,
    vaultTls: vault.tls,
    ...(prober === undefined ? {} : { prober: { ...prober, targets: tlsServers(settings) } }),
    thresholds: {
      vault: {
        replicas: vault.replicas,
        ...(snapshots.mode === "none" ? {} : { snapshotSchedule: snapshots.schedule }),
      },
      database: {
        instances,
        ...(backups.mode === "none" ? {} : { fullSchedule: backups.fullSchedule }),
      },
      redis: { replicas: redis.replicas, sentinels: redis.sentinels },
      shlinkReplicas: shlink.replicas,
    },
  };
}

/** Where the mesh sends traces; nothing when nobody takes them. */
export function tracingArgs(settings: ObservabilitySettings): { tracing?: Tracing } {
  if (settings.mode === "none" || settings.tracing === undefined) return {};
  return { tracing: { namespace: settings.namespace, ...settings.tracing } };
}

/** Servers with a certificate that somebody has to renew. */
const tlsServers = ({ routing, vault }: Watched): ProberTargets["targets"] => [
  ...(routing.tls.mode === "plaintext" ? [] : routing.hosts.map((host) => `${host}:443`)),
  ...(vault.tls.mode === "plaintext" ? [] : ["vault.vault.svc:8200"]),
];
