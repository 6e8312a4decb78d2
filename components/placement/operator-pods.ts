import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { token } from "../../platform/project.ts";
import { filled, pullSecrets } from "./template.ts";
import type { Pods } from "./types.ts";

interface Gap {
  namespace: string;
  /** What the chart's values have no place for, of a pod's metadata and of its specification. */
  metadata: (keyof Pods & ("labels" | "annotations"))[];
  spec: (pods: Pods) => object;
}

const priority = ({ priorityClass }: Pods) => filled({ priorityClassName: priorityClass });

/**
 * The gaps of charts' values, by Deployment. The chart of the Redis operator writes an invalid object for more than one
 * pull secret.
 */
const gaps: Record<string, Gap> = {
  pgo: { namespace: "postgres-operator", metadata: ["annotations"], spec: priority },
  "redis-operator": {
    namespace: "redis-operator",
    metadata: ["labels"],
    spec: (pods) => (pods.pullSecrets.length > 1 ? { imagePullSecrets: pullSecrets(pods) } : {}),
  },
  jaeger: { namespace: "addons", metadata: ["annotations"], spec: priority },
};

export interface OperatorPodsArgs {
  pods: Pods;
  /** Whether Jaeger comes as a chart. */
  jaeger: boolean;
  /** Namespaces of parts that are not this stack's. */
  others: string[];
}

/** Whether the settings say anything that a chart has no place for. */
export const needsPatches = (args: OperatorPodsArgs): boolean => patchesOf(args).length > 0;

function patchesOf({ pods, jaeger, others }: OperatorPodsArgs) {
  return Object.entries(gaps)
    .filter(([name, { namespace }]) => (jaeger || name !== "jaeger") && !others.includes(namespace))
    .flatMap(([name, { namespace, metadata, spec }]) => {
      const own = filled(Object.fromEntries(metadata.map((key) => [key, pods[key]])));
      const template = filled({ metadata: own, spec: spec(pods) });
      return Object.keys(template).length === 0 ? [] : [{ name, namespace, template }];
    });
}

/** Patches the Deployments of charts whose values have no place for all that the settings say of pods. */
export class OperatorPods extends pulumi.ComponentResource {
  constructor(name: string, args: OperatorPodsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(token("OperatorPods"), name, {}, opts);
    for (const { name: deployment, namespace, template } of patchesOf(args))
      new k8s.apps.v1.DeploymentPatch(
        `${deployment}-pods`,
        { metadata: { name: deployment, namespace }, spec: { template } },
        { parent: this },
      );
    this.registerOutputs({});
  }
}
