import { kubeStateCollectors } from "../metrics.ts";
import type { ChartSettings } from "./settings.ts";

export interface PrometheusArgs extends ChartSettings<"prometheus"> {
  storageClass: string;
  /** Labels of the monitors, probes and rules that it reads. */
  labels: Record<string, string>;
}

/** Parts of a cluster that are not this platform's to watch, and where alerts go, which only its owner knows. */
const notOurs = [
  "alertmanager",
  "coreDns",
  "grafana",
  "kubeApiServer",
  "kubeControllerManager",
  "kubeEtcd",
  "kubeProxy",
  "kubeScheduler",
  "kubelet",
  // It wants the node's network and processes, which `restricted` refuses.
  "nodeExporter",
];

const small = { cpu: "10m", memory: "64Mi" };

/** The operator, one Prometheus, and kube-state-metrics for what the alerts read of it. */
export function prometheusValues(args: PrometheusArgs) {
  return {
    fullnameOverride: "prometheus",
    ...Object.fromEntries(notOurs.map((part) => [part, { enabled: false }])),
    defaultRules: { create: false },
    prometheusOperator: {
      resources: { requests: small },
      // Without webhooks there are no hook Jobs, and no call from the API server into the namespace.
      admissionWebhooks: { enabled: false },
      tls: { enabled: false },
      serviceMonitor: { selfMonitor: false },
      kubeletService: { enabled: false },
      kubeletEndpointsEnabled: false,
      kubeletEndpointSliceEnabled: false,
    },
    prometheus: {
      serviceMonitor: { selfMonitor: false },
      prometheusSpec: prometheusSpec(args),
    },
    "kube-state-metrics": {
      collectors: kubeStateCollectors,
      resources: { requests: small },
    },
  };
}

function prometheusSpec({ requests, retention, storage, storageClass, labels }: PrometheusArgs) {
  const matchLabels = { matchLabels: labels };
  return {
    retention,
    resources: { requests },
    podMonitorSelector: matchLabels,
    probeSelector: matchLabels,
    ruleSelector: matchLabels,
    storageSpec: {
      volumeClaimTemplate: {
        spec: {
          storageClassName: storageClass,
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage } },
        },
      },
    },
  };
}
