/** Who may log in to Vault, and for how long. */

import { check } from "../engine/policy.ts";
import { isPlainHttp } from "../engine/vault-texts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const HOUR = 3600;
const DAY = 86400;

export const vaultAuthRoles: Policy = {
  name: "vault-auth-roles",
  title: "Vault logins are bound and short",
  description:
    "Kubernetes roles bind one account of one namespace to one audience, with tokens that expire soon.",
  severity: "high",
  tags: ["vault", "authentication"],
  checks: {
    V21: check(
      "the role is open to every account or namespace",
      "Any pod that fits the pattern can read these secrets.",
      "Name the account and the namespace; VaultAccess.allow does.",
    ),
    V22: check(
      "the role asks for no audience",
      "A token that a pod hands to any other service would do for Vault.",
      "Set audience, and the same one in the SecretStore.",
      "advisory",
    ),
    V22a: check(
      "the role grants the root policy",
      "Its tokens may do everything.",
      "Grant a policy of its own.",
    ),
    V23: check(
      "the role's tokens live too long",
      "A stolen token is good for as long as it lives.",
      "Set tokenTtl to at most an hour and tokenMaxTtl to at most a day, and no tokenPeriod.",
      "advisory",
    ),
    V24: check(
      "Vault reaches the Kubernetes API without TLS or with a stored token",
      "A stored reviewer token expires or is stolen, and plain http gives it away.",
      "Use the https address of the API and leave tokenReviewerJwt out.",
    ),
  },
  checkResource({ type, props }, judge) {
    if (type === "vault:kubernetes/authBackendRole:AuthBackendRole") role(props, judge);
    if (type === "vault:kubernetes/authBackendConfig:AuthBackendConfig") {
      judge.when("V24", props.get("kubernetesHost"), (node) => isPlainHttp(node.text()));
      judge.when("V24", props.get("tokenReviewerJwt"), (node) => node.known && node.value !== "");
    }
  },
};

function role(props: Cursor, judge: Judge) {
  for (const key of ["boundServiceAccountNames", "boundServiceAccountNamespaces"]) {
    for (const name of props.get(key).items()) {
      judge.when("V21", name, (node) => node.text().includes("*"));
    }
  }
  for (const name of props.get("boundServiceAccountNames").items()) {
    judge.when(
      "V21",
      name,
      (node) =>
        node.text() === "default" && "the role is open to the default account, which every pod has",
    );
  }
  judge.when("V22", props.get("audience"), (node) => node.absent || node.text() === "");
  for (const policy of props.get("tokenPolicies").items())
    judge.when("V22a", policy, (node) => node.text() === "root");
  judge.when("V23", props.get("tokenTtl"), (node) => longer(node, HOUR));
  judge.when(
    "V23",
    props.get("tokenMaxTtl"),
    (node) => node.absent || node.number() === 0 || longer(node, DAY),
  );
  judge.when("V23", props.get("tokenPeriod"), (node) => (node.number() ?? 0) > 0);
}

function longer(node: Cursor, seconds: number) {
  return (node.number() ?? 0) > seconds;
}
