/** Who may log in to Vault, and for how long. */

import { code } from "../engine/policy.js";
import { isPlainHttp } from "../engine/vault-texts.js";

/**
 * @import { Policy, Judge } from "../engine/policy.js"
 * @import { Node } from "../engine/reader.js"
 */

const HOUR = 3600;
const DAY = 86400;

/** @type {Policy} */
export const vaultAuthRoles = {
  name: "vault-auth-roles",
  title: "Vault logins are bound and short",
  description:
    "Kubernetes roles bind one account of one namespace to one audience, with tokens that expire soon.",
  severity: "high",
  tags: ["vault", "authentication"],
  codes: {
    V21: code(
      "the role is open to every account or namespace",
      "Any pod that fits the pattern can read these secrets.",
      "Name the account and the namespace; VaultAccess.allow does.",
    ),
    V22: code(
      "the role asks for no audience",
      "A token that a pod hands to any other service would do for Vault.",
      "Set audience, and the same one in the SecretStore.",
      "advisory",
    ),
    V22a: code(
      "the role grants the root policy",
      "Its tokens may do everything.",
      "Grant a policy of its own.",
    ),
    V23: code(
      "the role's tokens live too long",
      "A stolen token is good for as long as it lives.",
      "Set tokenTtl to at most an hour and tokenMaxTtl to at most a day, and no tokenPeriod.",
      "advisory",
    ),
    V24: code(
      "Vault reaches the Kubernetes API without TLS or with a stored token",
      "A stored reviewer token expires or is stolen, and plain http gives it away.",
      "Use the https address of the API and leave tokenReviewerJwt out.",
    ),
  },
  check({ type, props }, judge) {
    if (type === "vault:kubernetes/authBackendRole:AuthBackendRole") role(props, judge);
    if (type === "vault:kubernetes/authBackendConfig:AuthBackendConfig") {
      judge.when("V24", props.get("kubernetesHost"), (node) => isPlainHttp(node.text()));
      judge.when("V24", props.get("tokenReviewerJwt"), (node) => node.known && node.value !== "");
    }
  },
};

/** @param {Node} props @param {Judge} judge */
function role(props, judge) {
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

/** @param {Node} node @param {number} seconds */
function longer(node, seconds) {
  return (node.number() ?? 0) > seconds;
}
