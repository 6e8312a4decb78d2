import type { DemandedObject } from "../../outside/objects.ts";
import type { Pods } from "./types.ts";

/** What pods cannot start without: their priority's class, and in each namespace the Secrets they are pulled with. */
export const podObjects = (
  { priorityClass, pullSecrets }: Pods,
  namespaces: string[],
): DemandedObject[] => [
  ...(priorityClass === undefined ? [] : [priorityOf(priorityClass)]),
  ...pullSecrets.flatMap((name) => namespaces.map((namespace) => secretOf(name, namespace))),
];

const priorityOf = (name: string): DemandedObject => ({
  kind: "PriorityClass",
  name,
  path: "/apis/scheduling.k8s.io/v1/priorityclasses",
  setting: "pods.priorityClass",
  remedy: "make it first, or correct the setting",
});

const secretOf = (name: string, namespace: string): DemandedObject => ({
  kind: "Secret",
  name,
  namespace,
  path: `/api/v1/namespaces/${namespace}/secrets`,
  setting: "pods.pullSecrets",
  remedy:
    "make the namespaces first (docs/deployer.yaml), then the Secret in each of them, or correct the setting",
});
