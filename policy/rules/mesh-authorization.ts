/** Authorization that allows what it lists, and lists less than everything. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

const WIDE = ["principals", "requestPrincipals", "namespaces", "ipBlocks", "remoteIpBlocks"];

export const meshAuthorization: Policy = {
  name: "mesh-authorization",
  title: "Authorization names who may call",
  description: "No authorization policy allows everything, and token issuers are asked over https.",
  severity: "high",
  tags: ["istio", "authorization"],
  checks: {
    I12: check(
      "the rule allows everything",
      "One rule that allows everything makes all other ALLOW policies of the workload pointless.",
      "List the callers and what they may call; the routing component shows how.",
    ),
    I15: check(
      "the issuer's keys are fetched without TLS",
      "Whoever is on the path can hand out keys of his own and then sign any token.",
      "Use an https jwksUri.",
    ),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      if (object.group !== "security.istio.io") continue;
      if (object.kind === "AuthorizationPolicy") authorization(object, judge);
      if (object.kind === "RequestAuthentication") {
        for (const rule of object.root.at("spec.jwtRules").items()) {
          judge.when("I15", rule.get("jwksUri"), (node) => /^\s*http:/i.test(node.text()));
        }
      }
    }
  },
};

function authorization({ root }: KubeObject, judge: Judge) {
  const spec = root.get("spec");
  const action = spec.get("action");
  if (!action.absent && !["ALLOW", ""].includes(action.text())) return;
  for (const rule of spec.get("rules").items()) {
    judge.when(
      "I12",
      rule,
      () =>
        allowsAll(rule) && (rule.entries().length === 0 ? true : "the rule's source is everybody"),
    );
  }
}

/** A rule without conditions, or one whose only condition is met by everybody. */
function allowsAll(rule: Cursor) {
  const from = rule.get("from").items();
  if (!rule.get("to").absent || !rule.get("when").absent) return false;
  return from.length === 0 || from.some((entry) => anybody(entry.get("source")));
}

function anybody(source: Cursor) {
  const given = source.entries();
  if (given.length === 0) return true;
  return given.every(
    ([key, node]) => key.startsWith("not") || (WIDE.includes(key) && node.items().some(everything)),
  );
}

function everything(node: Cursor) {
  return ["*", "0.0.0.0/0", "::/0"].includes(node.text());
}
