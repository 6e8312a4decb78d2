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
  .good("one named Secret cluster-wide", "cluster", {
    "rules 0": { resources: ["secrets"], verbs: ["get"], resourceNames: ["a"] },
  })
  .good("writing of Secrets cluster-wide", "cluster", {
    "rules 0": { resources: ["secrets"], verbs: ["create"] },
  })
  .good("another API", "role", {
    "@type": "kubernetes:example.com/v1:Role",
    "rules 0 verbs": ["*"],
  })
  .bad(
    "every verb",
    "role",
    { "rules 0 verbs": ["*"] },
    'K21 Role "vault/bootstrap", rules[0].verbs[0]: the rule grants every verb, resource or group.',
  )
  .bad(
    "every resource",
    "role",
    { "rules 0 resources": ["*"] },
    'K21 Role "vault/bootstrap", rules[0].resources[0]: the rule grants every verb, resource or group.',
  )
  .bad(
    "every group",
    "role",
    { "rules 0 apiGroups": ["*"] },
    'K21 Role "vault/bootstrap", rules[0].apiGroups[0]: the rule grants every verb, resource or group.',
  )
  .bad(
    "impersonation",
    "role",
    { "rules 0 verbs": ["impersonate"] },
    'K21a Role "vault/bootstrap", rules[0].verbs[0]: the role can raise its own permissions.',
  )
  .good("the watching of every Secret by a role that is listed", "cluster", {
    "metadata name": "external-secrets-watch",
    "rules 0": { resources: ["secrets"], verbs: ["list", "watch"] },
  })
  .bad(
    "the watching of every Secret by another",
    "cluster",
    { "rules 0": { resources: ["secrets"], verbs: ["watch"] } },
    'K21d ClusterRole "reader", rules[0].resources[0]: the cluster-wide role reads every Secret.',
  )
  .bad(
    "the fetching of any Secret by a role that is listed",
    "cluster",
    {
      "metadata name": "external-secrets-watch",
      "rules 0": { resources: ["secrets"], verbs: ["list", "get"] },
    },
    'K21d ClusterRole "external-secrets-watch", rules[0].resources[0]: the cluster-wide role reads every Secret.',
  )
  .bad(
    "every Secret",
    "cluster",
    { "rules 0 resources": ["secrets"] },
    'K21d ClusterRole "reader", rules[0].resources[0]: the cluster-wide role reads every Secret.',
  )
  .bad(
    "cluster administrator",
    "binding",
    { "roleRef name": "cluster-admin" },
    'K21b ClusterRoleBinding "reader", roleRef.name: the account becomes cluster administrator.',
  )
  .bad(
    "everybody",
    "binding",
    { "subjects 0 name": "system:authenticated" },
    'K21c ClusterRoleBinding "reader", subjects[0].name: the permission goes to everybody.',
  )
  .unknown("verbs that are an output", "role", { "rules 0 verbs": UNKNOWN }, "rules[0].verbs");
