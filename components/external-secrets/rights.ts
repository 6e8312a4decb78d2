import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings as AllSettings } from "../../settings/index.ts";

type Rule = k8s.types.input.rbac.v1.PolicyRule;
type Parent = { parent: pulumi.Resource };
type Settings = AllSettings["externalSecrets"];

/** The account in each namespace with whose token External Secrets comes to Vault. */
export const readerAccount = "external-secrets-sa";

/** The accounts that the chart makes; its name for the webhook's certificate is the second one's, too. */
const operator = { name: "external-secrets", namespace: "external-secrets" };
const certificates = { name: "external-secrets-cert-controller", namespace: "external-secrets" };
const webhookSecret = "external-secrets-webhook";

const rule = (apiGroup: string, resources: string[], verbs: string[], names?: string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
  ...(names === undefined ? {} : { resourceNames: names }),
});

const events = rule("", ["events"], ["create", "patch"]);
const watching = ["get", "list", "watch"];

/**
 * What the operator must see of the whole cluster: it watches one namespace or all. Of Secrets it keeps an
 * index of names and labels, and the contents of those that it has written itself.
 */
const watch: Rule[] = [
  rule("external-secrets.io", ["externalsecrets", "secretstores"], watching),
  rule("generators.external-secrets.io", ["generatorstates"], watching),
  rule("", ["serviceaccounts"], watching),
  rule("", ["secrets"], ["list", "watch"]),
];

/** What the certificate controller needs to put the authority of the webhook's certificate where the API server looks. */
const certify: Rule[] = [
  rule("apiextensions.k8s.io", ["customresourcedefinitions"], watching),
  rule(
    "apiextensions.k8s.io",
    ["customresourcedefinitions"],
    ["update", "patch"],
    [
      "externalsecrets.external-secrets.io",
      "secretstores.external-secrets.io",
      "clustersecretstores.external-secrets.io",
    ],
  ),
  rule("admissionregistration.k8s.io", ["validatingwebhookconfigurations"], watching),
  rule(
    "admissionregistration.k8s.io",
    ["validatingwebhookconfigurations"],
    ["update", "patch"],
    ["secretstore-validate", "externalsecret-validate"],
  ),
  rule("discovery.k8s.io", ["endpointslices"], watching),
  events,
];

/** External Secrets may do this in a namespace with a store: log in with its account, keep the copies, and say how that went. */
const sync: Rule[] = [
  rule("", ["serviceaccounts/token"], ["create"], [readerAccount]),
  rule("", ["secrets"], ["get", "create", "update", "patch", "delete"]),
  rule("external-secrets.io", ["externalsecrets"], ["update", "patch"]),
  rule(
    "external-secrets.io",
    ["externalsecrets/status", "externalsecrets/finalizers", "secretstores/status"],
    ["get", "update", "patch"],
  ),
  events,
];

const lead: Rule[] = [
  rule("coordination.k8s.io", ["leases"], ["get", "create", "update", "patch"]),
  events,
];

/** What the chart would grant, but for what it grants in all namespaces and only some need. */
export function operatorRights(
  namespace: pulumi.Input<string>,
  leaderElect: boolean,
  parent: Parent,
): pulumi.Resource[] {
  const secret = [rule("", ["secrets"], ["get", "update"], [webhookSecret])];
  return [
    clusterRight("external-secrets-watch", watch, operator, parent),
    clusterRight("external-secrets-certificates", certify, certificates, parent),
    right("external-secrets-certificates", namespace, secret, certificates, parent),
    ...(leaderElect ? [right("external-secrets-leader", namespace, lead, operator, parent)] : []),
  ];
}

/** Lets the operator serve the store of one namespace. */
export const readerRights = (
  name: string,
  namespace: pulumi.Input<string>,
  account: Account,
  parent: Parent,
) => right(`${name}-sync`, namespace, sync, account, parent, "external-secrets-sync");

/** A service account of the operator's, wherever that runs. */
export type Account = typeof operator;

/** Who copies secrets into the namespaces: this program's operator, or the one that the cluster has. */
export const operatorAccount = (settings: Settings): Account =>
  settings.mode === "install"
    ? operator
    : { name: settings.account, namespace: settings.namespace };

function clusterRight(name: string, rules: Rule[], account: Account, parent: Parent) {
  const metadata = { name };
  const role = new k8s.rbac.v1.ClusterRole(name, { metadata, rules }, parent);
  return new k8s.rbac.v1.ClusterRoleBinding(
    name,
    { metadata, ...binds("ClusterRole", name, account) },
    { ...parent, dependsOn: role },
  );
}

function right(
  name: string,
  namespace: pulumi.Input<string>,
  rules: Rule[],
  account: Account,
  parent: Parent,
  object = name,
) {
  const metadata = { name: object, namespace };
  const role = new k8s.rbac.v1.Role(name, { metadata, rules }, parent);
  return new k8s.rbac.v1.RoleBinding(
    name,
    { metadata, ...binds("Role", object, account) },
    { ...parent, dependsOn: role },
  );
}

const binds = (kind: "Role" | "ClusterRole", name: string, account: Account) => ({
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
  subjects: [{ kind: "ServiceAccount", ...account }],
});
