import { z } from "zod";
import { dnsLabel, port, quantity, requests } from "./values.ts";

const metadata = z.record(z.string().min(1), z.string().min(1));

const none = z.strictObject({ mode: z.literal("none") });
/** One that the cluster has already. */
const address = z.strictObject({
  mode: z.literal("address"),
  address: z
    .string()
    .regex(
      /^https?:\/\/[a-z0-9.-]+(:[0-9]+)?$/,
      'must be an address such as "http://grafana.monitoring.svc:80"',
    ),
});
const samplingPercentage = z.number().gt(0).max(100);

const addons = z.strictObject({
  prometheus: z.discriminatedUnion("mode", [
    none,
    address,
    z.strictObject({
      mode: z.literal("chart"),
      requests,
      storage: quantity,
      /** How long it remembers. */
      retention: z.string().regex(/^[0-9]+[hdwy]$/, 'must be a time such as "15d"'),
    }),
  ]),
  grafana: z.discriminatedUnion("mode", [
    none,
    address,
    z.strictObject({ mode: z.literal("chart"), requests }),
  ]),
  jaeger: z.discriminatedUnion("mode", [
    none,
    address,
    z.strictObject({
      mode: z.literal("chart"),
      requests,
      storage: quantity,
      retentionHours: z.int().min(1),
      samplingPercentage,
    }),
  ]),
  kiali: z.discriminatedUnion("mode", [
    none,
    address,
    z.strictObject({ mode: z.literal("chart"), requests }),
  ]),
});

/** A chart that has nothing to show, or that another setting is at odds with. */
function checkAddons(
  settings: { addons: z.infer<typeof addons>; tracing?: unknown; prober?: unknown },
  context: z.RefinementCtx,
): void {
  const { prometheus, grafana, jaeger, kiali } = settings.addons;
  const refuse = (path: string[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  for (const [name, addon] of Object.entries({ grafana, kiali }))
    if (addon.mode === "chart" && prometheus.mode === "none")
      refuse(["addons", name], "shows what Prometheus knows: addons.prometheus must not be none");
  if (jaeger.mode === "chart" && settings.tracing !== undefined)
    refuse(["tracing"], "must be left out: traces go to the Jaeger of addons.jaeger");
  if (prometheus.mode === "chart" && settings.prober !== undefined)
    refuse(["prober"], "must be left out: the Prometheus of addons.prometheus reaches no prober");
}

export const observability = z.discriminatedUnion("mode", [
  none,
  /** For a cluster whose Prometheus operator is there already, or comes as one of the addons. */
  z
    .strictObject({
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
          samplingPercentage,
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
      addons,
    })
    .superRefine(checkAddons),
]);
