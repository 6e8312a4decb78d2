/** Wildcard hosts that a chart will render from its values. */

import { check } from "../engine/policy.ts";
import { releasesOf } from "../engine/foreign-releases.ts";
import { hostScope } from "../engine/hosts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const PLURAL = new Set(["hosts", "hostnames", "domains"]);
const SINGULAR = new Set(["host", "hostname", "domain", "vhost", "fqdn"]);
const SECTION = /ingress|gateway|route|virtualservice|vhost|hosts/i;

export const wildcardHostsValues: Policy = {
  name: "wildcard-hosts-values",
  title: "Hosts in Helm values are named",
  description: "No Helm value makes a chart render a wildcard host.",
  severity: "critical",
  locked: true,
  tags: ["helm", "exposure", "required"],
  limits:
    "A section that says enabled: false is skipped. Files that only the engine can read are judged after it merged them.",
  checks: {
    W03: check(
      "the value is a wildcard below a public suffix",
      "A public suffix belongs to everybody, so this is hardly narrower than a bare wildcard.",
      "Use the registered domain or, better, the exact host names.",
    ),
    W13: check(
      "the value makes the chart answer to every host name",
      "What a chart renders is invisible here, and the gateway would take any name.",
      "Leave the chart's own ingress off; public names belong to the Gateway of this program.",
    ),
  },
  checkResource(resource, judge) {
    for (const { values, hidden } of releasesOf(resource)) {
      if (values.unknown) judge.undetermined("W13", values);
      else if (hidden !== undefined) judge.undetermined("W13", hidden);
      visit(values, { key: "", inside: false, open: false }, judge);
    }
  },
};

/** The place in the values that is read. */
interface Place {
  /** The nearest key above. */
  key: string;
  /** Whether the section is about names. */
  inside: boolean;
  /** Whether the section says `enabled: true`. */
  open: boolean;
}

function visit(node: Cursor, place: Place, judge: Judge) {
  if (node.isMap) return section(node, place, judge);
  if (node.isList) {
    for (const item of node.items()) visit(item, place, judge);
    return;
  }
  if (isHostKey(place)) host(node, place, judge);
  else if (node.unknown && SECTION.test(place.key)) judge.undetermined("W13", node);
}

function isHostKey({ key, inside }: Place) {
  return PLURAL.has(key.toLowerCase()) || (inside && SINGULAR.has(key.toLowerCase()));
}

function host(node: Cursor, { open }: Place, judge: Judge) {
  judge.when("W13", node, ({ value, absent }) => {
    const scope = absent ? "empty" : hostScope(value);
    return scope === "all" || scope === "namespace-all" || (open && scope === "empty");
  });
  if (hostScope(node.value) === "public-suffix") judge.report("W03", node);
}

function section(node: Cursor, place: Place, judge: Judge) {
  const enabled = node.get("enabled");
  if (enabled.isFalse()) return;
  const inside = place.inside || SECTION.test(place.key);
  const open = inside && (place.open || enabled.isTrue());
  for (const [key, child] of node.entries()) visit(child, { key, inside, open }, judge);
}
