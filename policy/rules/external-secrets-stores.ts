/** Secret stores that only those can use who should. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

export const externalSecretsStores: Policy = {
  name: "external-secrets-stores",
  title: "Secret stores are scoped",
  description:
    "Stores log in by Kubernetes, are not open to every namespace, and use the current API.",
  severity: "high",
  tags: ["external-secrets"],
  checks: {
    E02: check(
      "the store trusts no CA of its own for Vault",
      "Vault's certificate comes from a private authority, which the image's list does not hold.",
      "Set caBundle or caProvider; VaultAccess hands out the authority.",
      "advisory",
      "off",
    ),
    E03: check(
      "every namespace may use the store",
      "Anybody who can create an ExternalSecret reads what the store can read.",
      "Use a SecretStore per namespace, or conditions that name the namespaces.",
    ),
    E05: check(
      "the API version is no longer served",
      "The operator refuses it, or will at its next update.",
      "Use external-secrets.io/v1.",
    ),
    E07: check(
      "the store logs in with a stored credential",
      "A token or secret id in the cluster is one more secret that nobody rotates.",
      "Use Kubernetes auth with a service account of the namespace.",
    ),
    E07a: check(
      "the service account's token has no audience",
      "The role that wants one refuses it; a role without takes any token.",
      "Set audiences to that of the Vault role.",
      "advisory",
    ),
  },
  checkResource(resource, judge) {
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

function conditions({ root }: KubeObject, judge: Judge) {
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

function vault(provider: Cursor, judge: Judge) {
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
