import type { KubeObject } from "../lib/kube.ts";
import { coreDnsObjects } from "./coredns.ts";
import { enforcerObjects } from "./enforcer.ts";
import { storageObjects } from "./storage.ts";
import type { Layout } from "./layout.ts";

/** Lists what is part of every cluster from the start: name resolution, volumes, and who enforces network policies. */
export function addonObjects(layout: Layout): KubeObject[] {
  return [...enforcerObjects(), ...coreDnsObjects(), ...storageObjects(layout.volumes)];
}
