import type { KubeObject } from "./api.ts";
import { coreDnsObjects } from "./coredns.ts";
import { storageObjects } from "./storage.ts";
import type { Layout } from "./layout.ts";

/** What is part of every cluster from the start: name resolution and volumes. */
export function addonObjects(layout: Layout): KubeObject[] {
  return [...coreDnsObjects(), ...storageObjects(layout.volumes)];
}

/** The Deployments that must be available before the cluster counts as started. */
export const addonDeployments = [
  "/apis/apps/v1/namespaces/kube-system/deployments/coredns",
  "/apis/apps/v1/namespaces/local-path-storage/deployments/local-path-provisioner",
];
