import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { projectName, token } from "../../platform/project.ts";
import { dashboardFiles, type DashboardArgs } from "./dashboards/index.ts";
import {
  certificateProbe,
  jobOf,
  podMonitors,
  podMonitorSpec,
  probeSpec,
  type MonitorArgs,
} from "./monitors.ts";
import { ruleGroups } from "./rules.ts";
import type { RuleArgs } from "./types.ts";

export interface ObservabilityArgs extends MonitorArgs {
  /** Namespace of the rules, of the dashboards and of the certificates' probe. */
  namespace: pulumi.Input<string>;
  /** Labels by which the cluster's Prometheus selects monitors and rules. */
  labels: Record<string, string>;
  /** Absent: there is no Grafana that would show them. */
  dashboards?: DashboardArgs;
  thresholds: Omit<RuleArgs, "jobs" | "probes" | "others">;
}

/** What the cluster's Prometheus operator needs: where metrics are, and which values are a fault. */
export class Observability extends pulumi.ComponentResource {
  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("Observability"), name, {}, opts);
    const monitors = podMonitors(args);
    for (const monitor of monitors)
      this.#create("PodMonitor", monitor.name, args, monitor.namespace, podMonitorSpec(monitor));
    const { prober, thresholds, others } = args;
    if (prober !== undefined)
      this.#create("Probe", certificateProbe, args, args.namespace, probeSpec(prober));
    const jobs = monitors.map(jobOf);
    const rules = {
      ...thresholds,
      jobs,
      ...(others && { others }),
      probes: prober !== undefined,
    };
    this.#create("PrometheusRule", projectName, args, args.namespace, ruleGroups(rules));
    this.#showDashboards(args);
    this.registerOutputs({});
  }

  #showDashboards({ namespace, dashboards, thresholds, others }: ObservabilityArgs): void {
    if (dashboards === undefined) return;
    new k8s.core.v1.ConfigMap(
      "dashboards",
      {
        metadata: { name: "shlink-dashboards", namespace, ...dashboards },
        data: dashboardFiles({ ...thresholds, ...(others && { others }) }),
      },
      { parent: this },
    );
  }

  #create(
    kind: string,
    name: string,
    { labels }: ObservabilityArgs,
    namespace: pulumi.Input<string>,
    spec: object,
  ): void {
    new k8s.apiextensions.CustomResource(
      `${name}-${kind.toLowerCase()}`,
      { apiVersion: "monitoring.coreos.com/v1", kind, metadata: { name, namespace, labels }, spec },
      { parent: this },
    );
  }
}
