import { clusterNames, controlled } from "./names.ts";
import { permissions } from "./patroni.ts";
import type { KubeObject, PostgresCluster } from "./types.ts";

const rbac = "rbac.authorization.k8s.io";

/** A service account that may do this in its namespace. */
function account(cluster: PostgresCluster, name: string, rules: object[]): KubeObject[] {
  const metadata = controlled(cluster, name);
  const { namespace } = metadata;
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata };
  const role = { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules };
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: rbac, kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  };
  return [account, role, binding];
}

/** Backup Jobs look for the repository's host and start pgBackRest there. */
const backupPermissions = [
  { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
];

/** The accounts of servers and of backup Jobs. */
export function accounts(cluster: PostgresCluster): KubeObject[] {
  const names = clusterNames(cluster.metadata.name);
  return [
    ...account(cluster, names.instanceAccount, permissions),
    ...(cluster.spec.backups === undefined
      ? []
      : account(cluster, names.backups, backupPermissions)),
  ];
}
