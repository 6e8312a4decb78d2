/** Secret stores that only those can use who should. */

import { code } from "../engine/policy.js";

/**
 * @import { Policy, Judge } from "../engine/policy.js"
 * @import { KubeObject } from "../engine/normalise.js"
 * @import { Node } from "../engine/reader.js"
 */

/** @type {Policy} */
export const externalSecretsStores = {
  name: "external-secrets-stores",
  title: "Secret stores are scoped",
  description:
    "Stores log in by Kubernetes, are not open to every namespace, and use the current API.",
  severity: "high",
  tags: ["external-secrets"],
  codes: {
    E02: code(
      "the store trusts no CA of its own for Vault",
      "Vault's certificate comes from a private authority, which the image's list does not hold.",
      "Set caBundle or caProvider; VaultAccess hands out the authority.",
      "advisory",
      "off",
    ),
    E03: code(
      "every namespace may use the store",
      "Anybody who can create an ExternalSecret reads what the store can read.",
      "Use a SecretStore per namespace, or conditions that name the namespaces.",
    ),
    E05: code(
      "the API version is no longer served",
      "The operator refuses it, or will at its next update.",
      "Use external-secrets.io/v1.",
    ),
    E07: code(
      "the store logs in with a stored credential",
      "A token or secret id in the cluster is one more secret that nobody rotates.",
      "Use Kubernetes auth with a service account of the namespace.",
    ),
    E07a: code(
      "the service account's token has no audience",
      "The role that wants one refuses it; a role without takes any token.",
      "Set audiences to that of the Vault role.",
      "advisory",
    ),
  },
  check(resource, judge) {
    for (const object of resource.objects) {
      if (object.group !== "external-secrets.io") continue;
      if (/^v1(alpha|beta)1$/.test(object.version))
        judge.report("E05", object.root.get("apiVersion"));
      if (object.kind === "ClusterSecretStore") conditions(object, judge);
      if (/^(Cluster)?SecretStore$/.test(object.kind))
        vault(object.root.at("spec.provider.vault"), judge);
    }
  },
};

/** @param {KubeObject} object @param {Judge} judge */
function conditions({ root }, judge) {
  const given = root.at("spec.conditions");
  judge.when("E03", given, () => given.items().length === 0);
  for (const condition of given.items()) {
    for (const pattern of condition.get("namespaceRegexes").items()) {
      judge.when("E03", pattern, (node) => /^\^?\.[*+]\$?$/.test(node.text()));
    }
    const selector = condition.get("namespaceSelector");
    if (selector.isMap && selector.entries().length === 0) judge.report("E03", selector);
  }
}

/** @param {Node} provider @param {Judge} judge */
function vault(provider, judge) {
  if (!provider.isMap) return;
  const https = /^https:/i.test(provider.get("server").text());
  if (https && provider.get("caBundle").absent && provider.get("caProvider").absent)
    judge.report("E02", provider);
  const auth = provider.get("auth");
  for (const key of ["tokenSecretRef", "appRole", "userPass", "ldap"]) {
    judge.when("E07", auth.get(key), (node) => node.known);
  }
  const account = auth.at("kubernetes.serviceAccountRef");
  if (account.isMap)
    judge.when(
      "E07a",
      account.get("audiences"),
      () => account.get("audiences").items().length === 0,
    );
}
