import { z } from "zod";
import {
  dnsLabel,
  labelValue,
  line,
  none,
  port,
  qualifiedName,
  quantity,
  requests,
} from "./values.ts";

const metadata = z
  .record(qualifiedName, labelValue.min(1))
  .meta({ title: "names and values", examples: [{ release: "kube-prometheus-stack" }] });
const samplingPercentage = z
  .number()
  .gt(0)
  .max(100)
  .default(1)
  .describe("How many requests of a hundred are traced.");

const absent = none.describe("There is none.");
const address = z
  .strictObject({
    mode: z.literal("address"),
    address: z
      .string()
      .regex(
        /^https?:\/\/[a-z0-9.-]+(:[0-9]+)?$/,
        'must be an address such as "http://grafana.monitoring.svc:80"',
      )
      .meta({ title: "address", examples: ["http://grafana.monitoring.svc:80"] })
      .describe("Where it answers inside the cluster."),
  })
  .describe("The cluster has one already.");
const installed = "It is installed as a chart, in namespace `addons`.";
const chart = (cpu: string, memory: string) => ({
  mode: z.literal("chart"),
  requests: requests(cpu, memory).describe("What each pod asks of the scheduler."),
});
/** Where kube-prometheus-stack puts its parts when it is installed under its own name. */
const stackAddress = (part: string, port: number) => ({
  mode: "address" as const,
  address: `http://kube-prometheus-stack-${part}.monitoring.svc:${port}`,
});

const addons = z.strictObject({
  prometheus: z
    .discriminatedUnion("mode", [
      absent,
      address,
      z
        .strictObject({
          ...chart("200m", "1Gi"),
          storage: quantity.describe("Size of the volume."),
          retention: z
            .string()
            .regex(/^[0-9]+[hdwy]$/, 'must be a time such as "15d"')
            .meta({ title: "time", examples: ["15d"] })
            .describe("How long metrics are kept."),
        })
        .describe(`${installed} It reaches no prober: \`prober\` must be left out.`),
    ])
    .prefault(stackAddress("prometheus", 9090))
    .describe("Prometheus, which keeps the metrics."),
  grafana: z
    .discriminatedUnion("mode", [
      absent,
      address,
      z.strictObject(chart("50m", "256Mi")).describe(`${installed} It needs a Prometheus.`),
    ])
    .prefault(stackAddress("grafana", 80))
    .describe("Grafana, which shows the dashboards."),
  jaeger: z
    .discriminatedUnion("mode", [
      absent,
      address,
      z
        .strictObject({
          ...chart("100m", "512Mi"),
          storage: quantity.describe("Size of the volume."),
          retentionHours: z.int().min(1).describe("Hours for which traces are kept."),
          samplingPercentage,
        })
        .describe(`${installed} The traces go to it: \`tracing\` must be left out.`),
    ])
    .prefault({ mode: "none" })
    .describe("Jaeger, which shows traces."),
  kiali: z
    .discriminatedUnion("mode", [
      absent,
      address,
      z.strictObject(chart("50m", "128Mi")).describe(`${installed} It needs a Prometheus.`),
    ])
    .prefault({ mode: "none" })
    .describe("Kiali, which shows the mesh."),
});

/** Refuses a chart that has nothing to show, or that contradicts another setting. */
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

const dashboards = z.strictObject({
  // No label at all would select every ConfigMap, or none.
  labels: metadata
    .refine((labels) => Object.keys(labels).length > 0, {
      message: 'must have the label that Grafana selects, such as grafana_dashboard: "1"',
    })
    .default({ grafana_dashboard: "1" })
    .describe(
      'Labels by which Grafana\'s sidecar selects them, such as grafana_dashboard: "1"; at least one.',
    ),
  annotations: z
    .record(qualifiedName, line)
    .meta({ title: "names and values", examples: [{ grafana_folder: "Links" }] })
    .default({ grafana_folder: "Shlink" })
    .describe("Annotations that the sidecar reads, such as the one for the folder."),
});

const tracing = z.strictObject({
  service: dnsLabel.describe("Name of the collector's Service in `namespace`."),
  port: port
    .default(4317)
    .describe("Port of OTLP over gRPC, the same of the Service and of its pods."),
  samplingPercentage,
});

const prober = z.strictObject({
  address: z
    .string()
    .regex(/^[a-z0-9.-]+:[0-9]+$/, 'must be host:port such as "blackbox.monitoring.svc:9115"')
    .meta({ title: "host:port", examples: ["blackbox.monitoring.svc:9115"] })
    .describe("Where the exporter answers."),
  module: z
    .string()
    .regex(/^[\w.-]+$/, "must be the name of a module of the exporter")
    .meta({ title: "module's name" })
    .default("tls_expiry")
    .describe("Its module that opens a TLS connection and accepts any certificate."),
});

export const observability = z
  .discriminatedUnion("mode", [
    none.describe("No metrics are read, and none of the settings below is given."),
    z
      .strictObject({
        mode: z.literal("monitors"),
        namespace: dnsLabel
          .default("monitoring")
          .describe(
            "Namespace of the cluster's Prometheus, prober and collector; nobody else reaches the metrics.",
          ),
        labels: metadata
          .default({ release: "kube-prometheus-stack" })
          .describe("Labels by which the cluster's Prometheus selects monitors, probes and rules."),
        dashboards: dashboards
          .describe("How the ConfigMaps with dashboards are marked. Default: none are made.")
          .optional(),
        tracing: tracing
          .describe("The OpenTelemetry collector that takes traces. Default: none are made.")
          .optional(),
        prober: prober
          .describe("The blackbox exporter that looks at certificates. Default: nobody looks.")
          .optional(),
        addons: addons.prefault({}).describe("Where Prometheus, Grafana, Jaeger and Kiali are."),
      })
      .superRefine(checkAddons)
      .describe(
        "Monitors, rules and dashboards, for a Prometheus operator that the cluster has, or that `addons.prometheus` brings.",
      ),
  ])
  .describe("Metrics, alerts, dashboards, traces.");
