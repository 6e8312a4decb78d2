/** Ingress and Gateway API objects that answer to more names than ours. */

import { check } from "../engine/policy.ts";
import { hostScope } from "../engine/hosts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

const WHY = "Whoever points any name at the entry's address is answered as if it were ours.";
const ROUTES = new Set(["HTTPRoute", "GRPCRoute", "TLSRoute"]);
const LISTENERS = new Set(["Gateway", "ListenerSet", "XListenerSet"]);
/** TCP and UDP carry no host name that a listener could match; HBONE is the mesh's own tunnel. */
const NAMELESS = new Set(["TCP", "UDP", "HBONE"]);
/** A route whose parent is one of these lives inside the mesh and inherits nothing. */
const INSIDE = new Set(["Service", "ServiceEntry"]);
const INGRESS_GROUPS = new Set(["networking.k8s.io", "extensions"]);

export const wildcardHostsKubernetes: Policy = {
  name: "wildcard-hosts-kubernetes",
  title: "Ingress and Gateway API hosts are named",
  description: "Ingress rules, Gateway API listeners and routes name their hosts exactly.",
  severity: "critical",
  locked: true,
  tags: ["kubernetes", "gateway-api", "exposure", "required"],
  checks: {
    W03: check(
      "the host matches every name below a public suffix",
      "A public suffix belongs to everybody, so this is hardly narrower than a bare wildcard.",
      "Use the registered domain or, better, the exact host names.",
    ),
    W09: check(
      "the listener takes every host name",
      WHY,
      "Give each listener a hostname; traffic enters through the Istio gateway's named hosts.",
    ),
    W10: check(
      "the route attached to a gateway takes every host name of its listener",
      WHY,
      "List the route's hostnames.",
    ),
    W12: check(
      "the ingress answers to every host name",
      WHY,
      "Give each rule a host, and drop the default backend.",
    ),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      if (object.kind === "Ingress" && INGRESS_GROUPS.has(object.group)) ingress(object, judge);
      if (object.group === "route.openshift.io" && object.kind === "Route")
        openshift(object, judge);
      if (!/(^|\.)gateway\.networking\.(x-)?k8s\.io$/.test(object.group)) continue;
      if (LISTENERS.has(object.kind)) listeners(object, judge);
      if (ROUTES.has(object.kind)) route(object, judge);
    }
  },
};

function checkHost(id: string, host: Cursor, judge: Judge) {
  judge.when(id, host, ({ value, absent }) => {
    const scope = absent ? "empty" : hostScope(value);
    return ["all", "namespace-all", "empty", "invalid"].includes(scope);
  });
  if (hostScope(host.value) === "public-suffix") judge.report("W03", host);
}

function ingress(object: KubeObject, judge: Judge) {
  const spec = object.root.get("spec");
  for (const rule of spec.get("rules").items()) checkHost("W12", rule.get("host"), judge);
  for (const key of ["defaultBackend", "backend"]) {
    judge.when("W12", spec.get(key), (node) =>
      node.absent ? false : "the default backend answers to every host name",
    );
  }
  for (const tls of spec.get("tls").items()) {
    for (const host of tls.get("hosts").items()) checkHost("W12", host, judge);
  }
}

function openshift(object: KubeObject, judge: Judge) {
  const spec = object.root.get("spec");
  judge.when("W12", spec.get("wildcardPolicy"), (node) => node.text() === "Subdomain");
  const host = spec.get("host");
  if (!host.absent) checkHost("W12", host, judge);
}

function listeners(object: KubeObject, judge: Judge) {
  for (const listener of object.root.at("spec.listeners").items()) {
    if (NAMELESS.has(listener.get("protocol").text())) continue;
    checkHost("W09", listener.get("hostname"), judge);
  }
}

function route(object: KubeObject, judge: Judge) {
  const spec = object.root.get("spec");
  const hostnames = spec.get("hostnames");
  for (const host of hostnames.items()) checkHost("W10", host, judge);
  if (hostnames.items().length > 0) return;
  const gateways = spec
    .get("parentRefs")
    .items()
    .filter((parent) => !INSIDE.has(parent.get("kind").text()));
  if (gateways.length > 0) judge.report("W10", hostnames);
}
