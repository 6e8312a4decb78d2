/** Pods carry no key to the Kubernetes API that they do not use. */

import { check } from "../engine/policy.ts";
import { podTemplates } from "../engine/podspecs.ts";
import type { Policy } from "../engine/policy.ts";

export const serviceAccounts: Policy = {
  name: "service-accounts",
  title: "Pods carry no needless API token",
  description:
    "A pod either has an account of its own or no token at all, and tokens are not stored in Secrets.",
  severity: "medium",
  tags: ["workloads", "rbac"],
  checks: {
    K12: check(
      "the pod gets a token of the default account",
      "Whatever is granted to the default account later is granted to this pod too.",
      "Set automountServiceAccountToken to false, or give it a serviceAccountName.",
    ),
    K12a: check(
      "the Secret stores a service account's token",
      "Such a token never expires.",
      "Use a projected token with an audience.",
    ),
  },
  checkResource(resource, judge) {
    for (const { spec, owner } of podTemplates(resource)) {
      if (owner.patch) continue;
      const account = spec.get("serviceAccountName");
      if (account.known && account.text() !== "default") continue;
      judge.when(
        "K12",
        spec.get("automountServiceAccountToken"),
        (node) => !account.unknown && !node.isFalse(),
      );
    }
    for (const { kind, group, root } of resource.objects) {
      if (kind !== "Secret" || group !== "") continue;
      judge.when(
        "K12a",
        root.get("type"),
        (node) => node.text() === "kubernetes.io/service-account-token",
      );
    }
  },
};
