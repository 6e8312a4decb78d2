import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { images } from "../../platform/images.ts";
import { restrictedContainer, restrictedPod, spread } from "../../platform/pods.ts";
import type { Requests } from "../../platform/quantity.ts";
import { workloads } from "../../platform/workloads.ts";

const { labels, ports } = workloads["web-client"];
/** The user of the image, which nginx's own unprivileged image brings. */
const uid = 101;

/** An nginx that writes nowhere but to its temporary files, and reads the list of servers from a ConfigMap. */
export function pageSpec(
  servers: pulumi.Input<string>,
  requests: Requests,
): k8s.types.input.core.v1.PodSpec {
  return {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(uid),
    topologySpreadConstraints: [spread("node", "ScheduleAnyway", labels)],
    containers: [container(requests)],
    volumes: [
      { name: "servers", configMap: { name: servers } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}

const list = "servers.json";

const container = (requests: Requests): k8s.types.input.core.v1.Container => ({
  name: "web-client",
  image: images.webClient,
  imagePullPolicy: "IfNotPresent",
  ports: [{ name: "http", containerPort: ports.http }],
  resources: { requests, limits: { memory: "64Mi" } },
  securityContext: restrictedContainer,
  terminationMessagePolicy: "FallbackToLogsOnError",
  readinessProbe: { httpGet: { path: "/", port: ports.http }, periodSeconds: 5 },
  livenessProbe: { tcpSocket: { port: ports.http }, periodSeconds: 10 },
  lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
  volumeMounts: [
    { name: "servers", mountPath: `/usr/share/nginx/html/${list}`, subPath: list, readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ],
});
