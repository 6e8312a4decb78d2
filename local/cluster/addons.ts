import type { KubeObject } from "../lib/kube.ts";
import { coreDnsObjects } from "./coredns.ts";
import { storageObjects } from "./storage.ts";
import type { Layout } from "./layout.ts";

/** Lists what is part of every cluster from the start: name resolution and volumes. */
export function addonObjects(layout: Layout): KubeObject[] {
  return [...coreDnsObjects(), ...storageObjects(layout.volumes)];
}
