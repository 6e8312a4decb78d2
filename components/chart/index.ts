import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ChartName, charts, type ChartSource, locate } from "../../platform/charts.ts";

interface ChartArgs {
  chart: ChartName;
  source: ChartSource;
  namespace: pulumi.Input<string>;
  values?: Record<string, unknown>;
}

/**
 * Installs a chart under its release's name; Helm waits for its workloads.
 *
 * A Release, not a rendered Chart: charts keep their hooks and CRDs, and the state one entry each.
 * Without `name` the provider appends a random suffix, and every name derived from it would move.
 */
export function installChart(args: ChartArgs, opts: pulumi.CustomResourceOptions) {
  const { release: name } = charts[args.chart];
  return new k8s.helm.v3.Release(
    name,
    {
      ...locate(args.chart, args.source),
      name,
      namespace: args.namespace,
      values: args.values ?? {},
      timeout: 600,
    },
    opts,
  );
}
