/** Secret engines that hand out little, for a short time. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const STATEMENTS = ["creationStatements", "revocationStatements", "renewStatements"];
const POWER = /\b(SUPERUSER|CREATEROLE|BYPASSRLS)\b|GRANT\s+ALL\b|WITH\s+(GRANT|ADMIN)\s+OPTION/i;

export const vaultEngines: Policy = {
  name: "vault-engines",
  title: "Secret engines hand out little",
  description:
    "Database roles, mounts and certificate roles of Vault are limited in power and time.",
  severity: "high",
  tags: ["vault"],
  checks: {
    V25: check(
      "Vault connects to the database without verified TLS, or for every role",
      "The engine's own credential is the strongest there is.",
      "Use sslmode=verify-full, verifyConnection, and a list of allowed roles.",
    ),
    V26: check(
      "the role's statements create a powerful user",
      "Whoever may read the role becomes as powerful.",
      "Grant the privileges one by one, without options to pass them on.",
    ),
    V27: check(
      "the store keeps one version only",
      "A wrong write then destroys the only copy of a secret.",
      'Mount kv with options { version: "2" }.',
      "advisory",
    ),
    V27a: check(
      "the certificate role signs any name",
      "Its holder can be any server of the platform.",
      "List the domains.",
    ),
  },
  checkResource({ type, props }, judge) {
    if (type === "vault:database/secretBackendConnection:SecretBackendConnection")
      connection(props, judge);
    if (/^vault:database\/secretBackend(Static)?Role:/.test(type)) {
      for (const key of STATEMENTS) {
        for (const statement of props.get(key).items())
          judge.when("V26", statement, (node) => POWER.test(node.text()));
      }
    }
    if (type === "vault:index/mount:Mount" && props.get("type").text() === "kv") {
      judge.when(
        "V27",
        props.at("options.version"),
        (node) => node.value !== 2 && node.text() !== "2",
      );
    }
    if (type === "vault:pkiSecret/secretBackendRole:SecretBackendRole") {
      judge.when("V27a", props.get("allowAnyName"), (node) => node.isTrue());
    }
  },
};

function connection(props: Cursor, judge: Judge) {
  const url = props.at("postgresql.connectionUrl");
  judge.when("V25", url, (node) => /sslmode=(disable|allow|prefer)\b/i.test(node.text()));
  judge.when("V25", props.get("verifyConnection"), (node) => node.isFalse());
  for (const role of props.get("allowedRoles").items())
    judge.when("V25", role, (node) => node.text() === "*");
}
