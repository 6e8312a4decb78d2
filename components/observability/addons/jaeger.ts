import { restrictedContainer, restrictedPod } from "../../../platform/pods.ts";
import type { ChartSettings } from "./settings.ts";

/** Where the mesh sends spans: OTLP over gRPC. */
export const collector = { service: "jaeger", port: 4317 };

const claim = "jaeger-badger";
const folder = "/badger";

/** One server that takes, keeps and shows traces. The chart's own default is an Elasticsearch that nobody has. */
export function jaegerValues(args: ChartSettings<"jaeger"> & { storageClass: string }) {
  const { requests, storage, storageClass, retentionHours } = args;
  return {
    userconfig: configuration(retentionHours),
    jaeger: {
      resources: { requests },
      serviceAccount: { automountServiceAccountToken: false },
      podSecurityContext: restrictedPod(10001),
      securityContext: restrictedContainer,
      extraVolumes: [{ name: "badger", persistentVolumeClaim: { claimName: claim } }],
      extraVolumeMounts: [{ name: "badger", mountPath: folder }],
    },
    extraObjects: [volumeClaim(storage, storageClass)],
  };
}

function configuration(retentionHours: number) {
  const badger = {
    directories: { keys: `${folder}/keys`, values: `${folder}/values` },
    ephemeral: false,
    ttl: { spans: `${retentionHours}h` },
  };
  return {
    service: {
      extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
      pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: "0.0.0.0:13133" } },
      jaeger_query: { storage: { traces: "badger" } },
      jaeger_storage: { backends: { badger: { badger } } },
    },
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${collector.port}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: "badger" } },
  };
}

const volumeClaim = (storage: string, storageClassName: string) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: claim },
  spec: {
    storageClassName,
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage } },
  },
});
