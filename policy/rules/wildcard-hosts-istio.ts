/** Istio objects that answer to more names than ours. */

import { check } from "../engine/policy.ts";
import { hostScope } from "../engine/hosts.ts";
import { walk } from "../engine/cursor.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

type HostChecks = { all: string; suffix: string };

const WHY_ALL = "Whoever points any name at the gateway's address is answered as if it were ours.";
const FIX_GATEWAY = "List the public names in the gateway's settings, one exact host each.";
const FIX_SERVICE = "Give the exact host names, the same ones that the Gateway lists.";

export const wildcardHostsIstio: Policy = {
  name: "wildcard-hosts-istio",
  title: "Istio hosts are named",
  description: "Istio gateways, routes and service entries name their hosts exactly.",
  severity: "critical",
  locked: true,
  tags: ["istio", "exposure", "required"],
  checks: {
    W01: check("the host matches every name", WHY_ALL, FIX_GATEWAY),
    W02: check(
      "the host matches every name that one namespace claims",
      "Any VirtualService in that namespace can then claim any name on the public gateway.",
      FIX_GATEWAY,
    ),
    W03: check(
      "the host matches every name below a public suffix",
      "A public suffix belongs to everybody, so this is hardly narrower than a bare wildcard.",
      "Use the registered domain or, better, the exact host names.",
    ),
    W05: check(
      "the server has no readable list of hosts",
      "A server without a list of hosts is refused by Istio or, in older versions, serves every name.",
      FIX_GATEWAY,
    ),
    W06: check("the host matches every name", WHY_ALL, FIX_SERVICE),
    W07: check(
      "the route is bound to a gateway but names no host",
      "Only a delegate, which no gateway is bound to, may leave its hosts to the parent.",
      FIX_SERVICE,
    ),
    W15: check(
      "the patched virtual host matches every domain",
      "An EnvoyFilter acts behind the Gateway's back and opens it to every name.",
      "Name the domains in the patch, or drop the patch and use a Gateway and a VirtualService.",
    ),
    W18: check(
      "the service entry captures every name",
      "Traffic of the whole mesh to any such name is sent where this entry says.",
      "Name the external hosts exactly.",
    ),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      if (object.group !== "networking.istio.io") continue;
      if (object.kind === "Gateway") gateway(object, judge);
      else if (object.kind === "VirtualService") virtualService(object, judge);
      else if (object.kind === "ServiceEntry") serviceEntry(object, judge);
      else if (object.kind === "EnvoyFilter") envoyFilter(object, judge);
    }
  },
};

function gateway(object: KubeObject, judge: Judge) {
  for (const server of object.root.at("spec.servers").items()) {
    const hosts = server.get("hosts");
    if (hosts.unknown) judge.undetermined("W01", hosts);
    else if (!hosts.isList || hosts.items().length === 0) {
      judge.report(hostScope(hosts.value) === "all" ? "W01" : "W05", hosts);
    } else for (const host of hosts.items()) gatewayHost(host, server, judge);
  }
}

function gatewayHost(host: Cursor, server: Cursor, judge: Judge) {
  judge.when("W01", host, ({ value }) => hostScope(value) === "all");
  if (host.unknown) return;
  const scope = hostScope(host.value);
  if (scope === "namespace-all") judge.report("W02", host);
  if (scope === "empty" || scope === "invalid")
    judge.report("W05", host, "the text is not a host name");
  if (scope === "public-suffix" && !eastWest(host, server)) judge.report("W03", host);
}

/**
 * Gateways between clusters pass mutual TLS through for names that exist only inside the mesh.
 */
function eastWest(host: Cursor, server: Cursor) {
  return (
    server.at("tls.mode").text() === "AUTO_PASSTHROUGH" && /(^|\/)\*\.local\.?$/.test(host.text())
  );
}

function virtualService(object: KubeObject, judge: Judge) {
  const hosts = object.root.at("spec.hosts");
  for (const host of hosts.items()) checkHost(host, judge, { all: "W06", suffix: "W03" });
  const gateways = object.root.at("spec.gateways");
  if (hosts.items().length === 0 && gateways.items().length > 0) judge.report("W07", hosts);
}

function serviceEntry(object: KubeObject, judge: Judge) {
  for (const host of object.root.at("spec.hosts").items()) {
    checkHost(host, judge, { all: "W18", suffix: "W18" });
  }
}

function checkHost(host: Cursor, judge: Judge, checks: HostChecks) {
  judge.when(checks.all, host, ({ value }) => ["all", "namespace-all"].includes(hostScope(value)));
  if (host.unknown) return;
  const scope = hostScope(host.value);
  if (scope === "public-suffix") judge.report(checks.suffix, host);
  if (scope === "empty" || scope === "invalid")
    judge.report(checks.all, host, "the text is not a host name");
}

function envoyFilter(object: KubeObject, judge: Judge) {
  for (const patch of object.root.at("spec.configPatches").items()) {
    if (/^SIDECAR_/.test(patch.at("match.context").text())) continue;
    for (const node of walk(patch.at("patch.value"))) {
      if (!/(^|\.)domains$/.test(node.path)) continue;
      for (const domain of node.items()) {
        judge.when("W15", domain, ({ value }) => hostScope(value) === "all");
      }
    }
  }
}
