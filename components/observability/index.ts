import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { jobOf, podMonitors, podMonitorSpec, probeSpec, type MonitorArgs } from "./monitors.ts";
import { ruleGroups, type RuleArgs } from "./rules.ts";

export interface ObservabilityArgs extends MonitorArgs {
  /** Namespace of the rules and of the certificates' probe. */
  namespace: pulumi.Input<string>;
  /** Labels by which the cluster's Prometheus selects monitors and rules. */
  labels: Record<string, string>;
  thresholds: Omit<RuleArgs, "jobs" | "probes">;
}

/** What the cluster's Prometheus operator needs: where metrics are, and which values are a fault. */
export class Observability extends pulumi.ComponentResource {
  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shlink-platform:index:Observability", name, {}, opts);
    const monitors = podMonitors(args);
    for (const monitor of monitors)
      this.#create("PodMonitor", monitor.name, args, monitor.namespace, podMonitorSpec(monitor));
    const { prober, thresholds } = args;
    if (prober !== undefined)
      this.#create("Probe", "certificates", args, args.namespace, probeSpec(prober));
    const rules = { ...thresholds, jobs: monitors.map(jobOf), probes: prober !== undefined };
    this.#create("PrometheusRule", "shlink-platform", args, args.namespace, ruleGroups(rules));
    this.registerOutputs({});
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
