import { type WorkloadName, workloads, serviceHost } from "../../platform/workloads.ts";
import type { VaultTls } from "../vault/types.ts";

export interface MonitorArgs {
  vaultTls: VaultTls;
  /** Kinds of pods that the stack does not have. */
  others?: WorkloadName[];
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
      replacement: "$1:15020",
      targetLabel: "__address__",
    },
  ],
};

export function podMonitors(args: MonitorArgs): PodMonitor[] {
  const { others = [] } = args;
  return endpoints(args)
    .filter(([workload]) => !others.includes(workload))
    .map(([workload, endpoint]) => monitor(workload, endpoint));
}

const endpoints = (args: MonitorArgs): [WorkloadName, Endpoint][] => [
  ["vault", vaultEndpoint(args)],
  ["external-secrets", { port: "metrics", honorLabels: true }],
  ["istiod", { port: "http-monitoring" }],
  ["gateway", proxy],
  ["shlink", proxy],
  ["postgres", { port: "exporter" }],
  ["redis", { port: "metrics" }],
  ["sentinel", { port: "metrics" }],
  ["redis-operator", { port: "metrics", honorLabels: true }],
];

function monitor(workload: WorkloadName, endpoint: Endpoint): PodMonitor {
  const { namespace, labels } = workloads[workload];
  const matchLabels = workload === "postgres" ? exporterLabels : labels;
  return { namespace, name: monitorName(workload), matchLabels, endpoint };
}

/** These labels select the database servers that have an exporter. */
const exporterLabels = { "postgres-operator.crunchydata.com/crunchy-postgres-exporter": "true" };

function vaultEndpoint({ vaultTls }: MonitorArgs): Endpoint {
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
