import { type WorkloadName, workloads, serviceHost } from "../../platform/workloads.ts";
import type { VaultTls } from "../vault/types.ts";

export interface MonitorArgs {
  /** Namespaces of parts that are not this stack's: nothing is made there. Default: none. */
  others?: string[];
  /** Absent: Vault is not this stack's. */
  vaultTls?: VaultTls;
  /** Absent: nobody looks at certificates. */
  prober?: ProberTargets;
}

export interface ProberTargets {
  /** `host:port` of a blackbox exporter. */
  address: string;
  /** Module of its configuration that opens a TLS connection and accepts any certificate. */
  module: string;
  /** `host:port` of the servers whose certificates are looked at. */
  targets: string[];
}

/** Where pods of one part serve metrics. */
export interface PodMonitor {
  namespace: string;
  name: string;
  matchLabels: Record<string, string>;
  endpoint: Endpoint;
}

export interface Endpoint {
  /** Name of the container's port. */
  port: string;
  path?: string;
  params?: Record<string, string[]>;
  scheme?: "https";
  tlsConfig?: { serverName: string; ca: { secret: SecretKey } };
  /** When true, the labels `namespace` and `name` come from the metric, which speaks of other objects than its pod. */
  honorLabels?: true;
  relabelings?: {
    sourceLabels: string[];
    regex: string;
    replacement: string;
    targetLabel: string;
  }[];
}

interface SecretKey {
  name: string;
  key: string;
}

/** Names of the monitors that are not named like their pods. */
const monitorNames: Partial<Record<WorkloadName, string>> = { sentinel: "redis-sentinel" };
const monitorName = (workload: WorkloadName) => monitorNames[workload] ?? workload;

/** Prometheus gives a PodMonitor's targets this job. */
export const jobOf = ({ namespace, name }: Pick<PodMonitor, "namespace" | "name">) =>
  `${namespace}/${name}`;

/** A selector of the series that come from one kind of pod. */
export const fromJob = (workload: WorkloadName) =>
  `job="${jobOf({ namespace: workloads[workload].namespace, name: monitorName(workload) })}"`;

export const certificateProbe = "certificates";
/** A selector of what the probe of certificates found; it is in the janitor's namespace. */
export const fromProbe = `job="probe/${workloads.janitor.namespace}/${certificateProbe}"`;

/** The agent merges its own, Envoy's and the application's metrics on a port that no container declares. */
const proxy: Endpoint = {
  port: "http-envoy-prom",
  path: "/stats/prometheus",
  relabelings: [
    {
      sourceLabels: ["__address__"],
      regex: "(.+):\\d+",
      replacement: `$1:${workloads.gateway.ports.metrics}`,
      targetLabel: "__address__",
    },
  ],
};

export const podMonitors = (args: MonitorArgs): PodMonitor[] =>
  allMonitors(args).filter(({ namespace }) => args.others?.includes(namespace) !== true);

const allMonitors = (args: MonitorArgs): PodMonitor[] => [
  ...(args.vaultTls === undefined ? [] : [monitor("vault", vaultEndpoint(args.vaultTls))]),
  monitor("external-secrets", { port: "metrics", honorLabels: true }),
  monitor("istiod", { port: "http-monitoring" }),
  monitor("gateway", proxy),
  monitor("shlink", proxy),
  { ...monitor("postgres", { port: "exporter" }), matchLabels: exporterLabels },
  monitor("redis", { port: "metrics" }),
  monitor("sentinel", { port: "metrics" }),
  monitor("redis-operator", { port: "metrics", honorLabels: true }),
];

function monitor(workload: WorkloadName, endpoint: Endpoint): PodMonitor {
  const { namespace, labels } = workloads[workload];
  return { namespace, name: monitorName(workload), matchLabels: labels, endpoint };
}

/** These labels select the database servers that have an exporter. */
const exporterLabels = { "postgres-operator.crunchydata.com/crunchy-postgres-exporter": "true" };

function vaultEndpoint(vaultTls: VaultTls): Endpoint {
  return {
    port: vaultTls.mode === "plaintext" ? "http" : "https",
    path: "/v1/sys/metrics",
    params: { format: ["prometheus"] },
    ...(vaultTls.mode === "plaintext"
      ? {}
      : {
          scheme: "https",
          tlsConfig: {
            serverName: serviceHost("vault", "vault"),
            ca: { secret: { name: vaultTls.secretName, key: "ca.crt" } },
          },
        }),
  };
}

export function podMonitorSpec({ matchLabels, endpoint }: PodMonitor) {
  return { selector: { matchLabels }, podMetricsEndpoints: [{ interval: "30s", ...endpoint }] };
}

export function probeSpec({ address, module, targets }: ProberTargets) {
  return {
    interval: "5m",
    module,
    prober: { url: address },
    targets: { staticConfig: { static: targets } },
  };
}
