import type * as k8s from "@pulumi/kubernetes";
import type { ShlinkOptions } from "./options.ts";

type Cpu = Extract<ShlinkOptions["autoscaling"], { mode: "cpu" }>;
type Spec = k8s.types.input.autoscaling.v2.HorizontalPodAutoscalerSpec;

/** Looks at Shlink's own container: its sidecar's CPU would be counted in, and its request as well. */
export const autoscalerSpec = (replicas: number, { maximum, utilization }: Cpu): Spec => ({
  scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shlink" },
  minReplicas: replicas,
  maxReplicas: maximum,
  metrics: [
    {
      type: "ContainerResource",
      containerResource: {
        name: "cpu",
        container: "shlink",
        target: { type: "Utilization", averageUtilization: utilization },
      },
    },
  ],
});
