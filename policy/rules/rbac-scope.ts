/** Kubernetes permissions are listed, not starred. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const ESCALATING = ["escalate", "bind", "impersonate"];
const STRANGERS = [
  "system:anonymous",
  "system:unauthenticated",
  "system:authenticated",
  "system:serviceaccounts",
];

export const rbacScope: Policy = {
  name: "rbac-scope",
  title: "Permissions are listed",
  description: "Roles grant listed verbs on listed resources, and bindings go to named accounts.",
  severity: "critical",
  tags: ["rbac"],
  settings: {
    secretWatchers: {
      type: "array",
      description:
        "Cluster-wide roles that may list and watch all Secrets, because an operator watches one namespace or all.",
      default: ["external-secrets-watch"],
    },
  },
  checks: {
    K21: check(
      "the rule grants every verb, resource or group",
      "It also grants what Kubernetes or an operator will add later.",
      "List the verbs and resources.",
    ),
    K21a: check(
      "the role can raise its own permissions",
      "Who may escalate, bind or impersonate is cluster administrator.",
      "Remove the verb.",
    ),
    K21b: check(
      "the account becomes cluster administrator",
      "One stolen token then owns the cluster.",
      "Bind a role with the rules that are needed.",
    ),
    K21c: check(
      "the permission goes to everybody",
      "These groups include every pod, or everybody who can reach the API.",
      "Name the account.",
    ),
    K21d: check(
      "the cluster-wide role reads every Secret",
      "It holds every credential of the cluster.",
      "Use a Role in the namespace, with resourceNames.",
    ),
  },
  checkResource(resource, judge) {
    for (const { kind, group, name, root } of resource.objects) {
      if (group !== "rbac.authorization.k8s.io") continue;
      if (kind === "Role" || kind === "ClusterRole") {
        for (const rule of root.get("rules").items()) {
          permission(rule, judge);
          if (kind === "ClusterRole") everySecret(name, rule, judge);
        }
      } else binding(root, judge);
    }
  },
};

function permission(rule: Cursor, judge: Judge) {
  for (const key of ["verbs", "resources", "apiGroups"]) {
    for (const node of rule.get(key).items()) judge.when("K21", node, ({ value }) => value === "*");
  }
  for (const verb of rule.get("verbs").items())
    judge.when("K21a", verb, (node) => ESCALATING.includes(node.text()));
}

function everySecret(role: string, rule: Cursor, judge: Judge) {
  if (rule.get("resourceNames").items().length > 0) return;
  const reading = judge.list("secretWatchers").includes(role) ? ["get"] : ["get", "list", "watch"];
  const reads = rule
    .get("verbs")
    .items()
    .some((node) => reading.includes(node.text()));
  for (const node of rule.get("resources").items())
    judge.when("K21d", node, () => reads && node.text() === "secrets");
}

function binding(root: Cursor, judge: Judge) {
  judge.when("K21b", root.at("roleRef.name"), (node) => node.text() === "cluster-admin");
  for (const subject of root.get("subjects").items()) {
    judge.when("K21c", subject.get("name"), (node) => STRANGERS.includes(node.text()));
  }
}
