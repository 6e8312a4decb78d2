import type { Change } from "../../../support/synth.ts";

export const requests = { cpu: "100m", memory: "256Mi" };
/** Every addon as a chart. */
export const charts = {
  prometheus: { mode: "chart", requests, storage: "20Gi", retention: "15d" },
  grafana: { mode: "chart", requests },
  jaeger: {
    mode: "chart",
    requests,
    storage: "5Gi",
    retentionHours: 48,
    samplingPercentage: 5,
  },
  kiali: { mode: "chart", requests },
};
export const none = { mode: "none" };

/** Other addons; what is at odds with their charts left out. */
export const withAddons = (addons: Record<string, object>): Change => ({
  observability: { addons, tracing: undefined, prober: undefined },
});
