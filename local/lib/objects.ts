import type { KubeObject } from "./kube.ts";

const rbac = "rbac.authorization.k8s.io";

/** A role in the whole cluster, and what gives it to one account or user. */
export function clusterRole(name: string, rules: object[], subject: object): KubeObject[] {
  const apiVersion = `${rbac}/v1`;
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name };
  return [
    { apiVersion, kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef,
      subjects: [subject],
    },
  ];
}

/** A Deployment of one pod, with the labels that find it. */
export const onePod = (
  metadata: { name: string; namespace: string },
  labels: Record<string, string>,
  spec: object,
): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { ...metadata, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec },
  },
});
