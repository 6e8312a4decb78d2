import { AppsV1Api } from "@kubernetes/client-node";
import { kubernetes, until } from "./platform.ts";

/** Pods that are not being deleted. */
export async function podNames(namespace: string, labelSelector: string): Promise<string[]> {
  const { items } = await kubernetes().core.listNamespacedPod({ namespace, labelSelector });
  return items
    .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata?.name ?? "");
}

export async function isReady(namespace: string, name: string): Promise<boolean> {
  const { status } = await kubernetes().core.readNamespacedPod({ name, namespace });
  return (
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false
  );
}

/** How often each container of the shortener was restarted. */
export async function restarts(): Promise<Record<string, number>> {
  const { items } = await kubernetes().core.listNamespacedPod({
    namespace: "shlink",
    labelSelector: "app=shlink",
  });
  return Object.fromEntries(
    items.flatMap(({ metadata, status }) =>
      (status?.containerStatuses ?? []).map(({ name, restartCount }) => [
        `${metadata?.name}/${name}`,
        restartCount,
      ]),
    ),
  );
}

/** A Deployment or a StatefulSet. */
export interface Controller {
  kind: "Deployment" | "StatefulSet";
  namespace: string;
  name: string;
  /** Labels of its pods, as a selector. */
  pods: string;
}

/** Changes the number of pods, and waits until those that are too many are gone. */
export async function scale(controller: Controller, replicas: number): Promise<void> {
  const apps = kubernetes().config.makeApiClient(AppsV1Api);
  const { kind, namespace, name, pods } = controller;
  const body = [{ op: "replace", path: "/spec/replicas", value: replicas }];
  if (kind === "Deployment") await apps.patchNamespacedDeployment({ name, namespace, body });
  else await apps.patchNamespacedStatefulSet({ name, namespace, body });
  await until(`at most ${replicas} pods of ${name}`, 120, async () => {
    const { items } = await kubernetes().core.listNamespacedPod({ namespace, labelSelector: pods });
    return items.length <= replicas;
  });
}

/** Asks for the eviction of a pod, as a drain of its node does; returns the API server's status. */
export function evict(namespace: string, name: string): Promise<number> {
  const metadata = { name, namespace };
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata };
  return kubernetes()
    .core.createNamespacedPodEviction({ name, namespace, body })
    .then(
      () => 201,
      (error: { code?: number }) => error.code ?? 0,
    );
}
