import { z } from "zod";
import { dnsLabel, port } from "./values.ts";

const metadata = z.record(z.string().min(1), z.string().min(1));

export const observability = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("none") }),
  /** For a cluster whose Prometheus operator is there already. */
  z.strictObject({
    mode: z.literal("monitors"),
    /** Where the cluster's Prometheus, the prober and the collector run; nobody else reaches the metrics. */
    namespace: dnsLabel,
    /** Labels by which the cluster's Prometheus selects monitors, probes and rules. */
    labels: metadata,
    /** ConfigMaps with dashboards, as Grafana's sidecar looks for them. Absent: none are made. */
    dashboards: z
      .strictObject({
        /** Labels that it selects; never none, which would be every ConfigMap or no one. */
        labels: metadata.refine((labels) => Object.keys(labels).length > 0, {
          message: 'must have the label that Grafana selects, such as grafana_dashboard: "1"',
        }),
        /** Annotations that it reads, such as the one for the folder. */
        annotations: metadata,
      })
      .optional(),
    /** The OpenTelemetry collector that takes traces. Absent: none are made. */
    tracing: z
      .strictObject({
        /** Its Service in the namespace above. */
        service: dnsLabel,
        /** Port of OTLP over gRPC, the same of the Service and of its pods. */
        port,
        /** How many requests of a hundred are traced. */
        samplingPercentage: z.number().gt(0).max(100),
      })
      .optional(),
    /** The blackbox exporter that looks at certificates. Absent: nobody does. */
    prober: z
      .strictObject({
        address: z
          .string()
          .regex(
            /^[a-z0-9.-]+:[0-9]+$/,
            'must be host:port such as "blackbox.monitoring.svc:9115"',
          ),
        /** Its module that opens a TLS connection and accepts any certificate. */
        module: z.string().min(1),
      })
      .optional(),
  }),
]);
