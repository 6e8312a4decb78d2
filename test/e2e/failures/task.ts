import { images } from "../../../platform/images.ts";
import { restrictedContainer, restrictedPod } from "../../../platform/pods.ts";

interface Task {
  name: string;
  labels?: Record<string, string>;
  script: string;
}

/** A Job without a sidecar that meets Pod Security, with a shell in the place of Shlink. */
export const task = ({ name, labels = {}, script }: Task) => ({
  metadata: { name },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { labels: { ...labels, "sidecar.istio.io/inject": "false" } },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        securityContext: restrictedPod(1000),
        containers: [
          {
            name: "shlink",
            image: images.node,
            imagePullPolicy: "IfNotPresent",
            command: ["sh", "-c", script],
            resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
            securityContext: restrictedContainer,
          },
        ],
      },
    },
  },
});
