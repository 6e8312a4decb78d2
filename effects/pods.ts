/** What tells of a pod whether it serves. */
export interface PodStatus {
  conditions?: { type: string; status: string }[];
}

export const isReady = ({ status }: { status?: PodStatus }) =>
  (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True");

/** Where the API server has the pods of a namespace that a selector fits. */
export const podsPath = (namespace: string, selector: string) =>
  `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
