import { rbacScope } from "../../../policy/rules/rbac-scope.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const ROLE: Fixture = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  name: "bootstrap",
  props: {
    metadata: { name: "bootstrap", namespace: "vault" },
    rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
  },
};
const CLUSTER_ROLE: Fixture = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  name: "reader",
  props: {
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
  },
};
const BINDING: Fixture = {
  type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  name: "reader",
  props: {
    metadata: { name: "reader" },
    roleRef: { kind: "ClusterRole", name: "reader" },
    subjects: [{ kind: "ServiceAccount", name: "a" }],
  },
};

export const suite = new Cases(rbacScope, { role: ROLE, cluster: CLUSTER_ROLE, binding: BINDING })
  .good("cluster", {
    "one named Secret cluster-wide": {
      "rules 0": { resources: ["secrets"], verbs: ["get"], resourceNames: ["a"] },
    },
    "writing of Secrets cluster-wide": { "rules 0": { resources: ["secrets"], verbs: ["create"] } },
    "the watching of every Secret by a role that is listed": {
      "metadata name": "external-secrets-watch",
      "rules 0": { resources: ["secrets"], verbs: ["list", "watch"] },
    },
  })
  .good("role", {
    "another API": { "@type": "kubernetes:example.com/v1:Role", "rules 0 verbs": ["*"] },
  })
  .bad(
    "role",
    'K21 Role "vault/bootstrap", rules[0].verbs[0]: the rule grants every verb, resource or group.',
    { "every verb": { "rules 0 verbs": ["*"] } },
  )
  .bad(
    "role",
    'K21 Role "vault/bootstrap", rules[0].resources[0]: the rule grants every verb, resource or group.',
    { "every resource": { "rules 0 resources": ["*"] } },
  )
  .bad(
    "role",
    'K21 Role "vault/bootstrap", rules[0].apiGroups[0]: the rule grants every verb, resource or group.',
    { "every group": { "rules 0 apiGroups": ["*"] } },
  )
  .bad(
    "role",
    'K21a Role "vault/bootstrap", rules[0].verbs[0]: the role can raise its own permissions.',
    { impersonation: { "rules 0 verbs": ["impersonate"] } },
  )
  .bad(
    "cluster",
    'K21d ClusterRole "reader", rules[0].resources[0]: the cluster-wide role reads every Secret.',
    {
      "the watching of every Secret by another": {
        "rules 0": { resources: ["secrets"], verbs: ["watch"] },
      },
      "every Secret": { "rules 0 resources": ["secrets"] },
    },
  )
  .bad(
    "cluster",
    'K21d ClusterRole "external-secrets-watch", rules[0].resources[0]: the cluster-wide role reads every Secret.',
    {
      "the fetching of any Secret by a role that is listed": {
        "metadata name": "external-secrets-watch",
        "rules 0": { resources: ["secrets"], verbs: ["list", "get"] },
      },
    },
  )
  .bad(
    "binding",
    'K21b ClusterRoleBinding "reader", roleRef.name: the account becomes cluster administrator.',
    { "cluster administrator": { "roleRef name": "cluster-admin" } },
  )
  .bad(
    "binding",
    'K21c ClusterRoleBinding "reader", subjects[0].name: the permission goes to everybody.',
    { everybody: { "subjects 0 name": "system:authenticated" } },
  )
  .unknown("role", "rules[0].verbs", { "verbs that are an output": { "rules 0 verbs": UNKNOWN } });
