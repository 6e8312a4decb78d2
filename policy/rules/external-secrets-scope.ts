/** What External Secrets copies, how often, and what becomes of it. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };

export const externalSecretsScope: Policy = {
  name: "external-secrets-scope",
  title: "External Secrets copies what is named",
  description:
    "ExternalSecrets name what they read, refresh often enough, and the operator runs without powers it does not need.",
  severity: "medium",
  tags: ["external-secrets"],
  checks: {
    E04: check(
      "the secret is never or too seldom read again, or too often",
      "A rotated password reaches the pods only with the next refresh, and every refresh is a request to Vault.",
      "Set the stack's externalSecrets.refreshInterval between 30 s and 24 h.",
      "advisory",
    ),
    E06: check(
      "the copied Secret is deleted together with its source",
      "A hiccup in Vault would take the running pods' credentials away.",
      "Leave deletionPolicy at Retain.",
      "advisory",
      "off",
    ),
    E10: check(
      "everything that matches is copied",
      "Secrets of others end up in this namespace, also ones that are added later.",
      "Name each key with remoteRef.",
    ),
    E09: check(
      "the operator runs alone",
      "While its only replica is down no secret is refreshed.",
      "Set the stack's externalSecrets.replicas to 2.",
      "advisory",
      "off",
    ),
  },
  checkResource(resource, judge) {
    for (const { group, kind, root } of resource.objects) {
      if (group !== "external-secrets.io" || !/^(Cluster)?ExternalSecret$/.test(kind)) continue;
      const spec =
        kind === "ExternalSecret" ? root.get("spec") : root.at("spec.externalSecretSpec");
      externalSecret(spec, judge);
    }
    if (resource.release?.chart !== "external-secrets") return;
    const replicas = resource.release.values.get("replicaCount");
    judge.when("E09", replicas, (node) => (node.number() ?? 1) < 2);
  },
};

function externalSecret(spec: Cursor, judge: Judge) {
  judge.when("E04", spec.get("refreshInterval"), badInterval);
  judge.when("E06", spec.at("target.deletionPolicy"), (node) => node.text() === "Delete");
  for (const source of spec.get("dataFrom").items()) {
    judge.when("E10", source.at("find.name.regexp"), (node) => /^\^?\.[*+]\$?$/.test(node.text()));
    const find = source.get("find");
    if (find.isMap && find.get("name").absent && find.get("tags").absent) judge.report("E10", find);
  }
}

function badInterval(node: Cursor) {
  if (node.absent) return false;
  const parts = [...node.text().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const seconds = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ""] ?? 0),
    0,
  );
  return seconds < 30 || seconds > 24 * 3600;
}
