/** Istio objects that answer to more names than ours. */

import { code } from "../engine/policy.js";
import { hostScope } from "../engine/hosts.js";
import { walk } from "../engine/reader.js";

/**
 * @import { Policy, Judge } from "../engine/policy.js"
 * @import { KubeObject } from "../engine/normalise.js"
 * @import { Node } from "../engine/reader.js"
 * @typedef {{ all: string, suffix: string }} HostCodes
 */

const WHY_ALL = "Whoever points any name at the gateway's address is answered as if it were ours.";
const FIX_GATEWAY = "List the public names in the gateway's settings, one exact host each.";
const FIX_SERVICE = "Give the exact host names, the same ones that the Gateway lists.";

/** @type {Policy} */
export const wildcardHostsIstio = {
  name: "wildcard-hosts-istio",
  title: "Istio hosts are named",
  description: "Istio gateways, routes and service entries name their hosts exactly.",
  severity: "critical",
  locked: true,
  tags: ["istio", "exposure", "required"],
  codes: {
    W01: code("the host matches every name", WHY_ALL, FIX_GATEWAY),
    W02: code(
      "the host matches every name that one namespace claims",
      "Any VirtualService in that namespace can then claim any name on the public gateway.",
      FIX_GATEWAY,
    ),
    W03: code(
      "the host matches every name below a public suffix",
      "A public suffix belongs to everybody, so this is hardly narrower than a bare wildcard.",
      "Use the registered domain or, better, the exact host names.",
    ),
    W05: code(
      "the server has no readable list of hosts",
      "A server without a list of hosts is refused by Istio or, in older versions, serves every name.",
      FIX_GATEWAY,
    ),
    W06: code("the host matches every name", WHY_ALL, FIX_SERVICE),
    W07: code(
      "the route is bound to a gateway but names no host",
      "Only a delegate, which no gateway is bound to, may leave its hosts to the parent.",
      FIX_SERVICE,
    ),
    W15: code(
      "the patched virtual host matches every domain",
      "An EnvoyFilter acts behind the Gateway's back and opens it to every name.",
      "Name the domains in the patch, or drop the patch and use a Gateway and a VirtualService.",
    ),
    W18: code(
      "the service entry captures every name",
      "Traffic of the whole mesh to any such name is sent where this entry says.",
      "Name the external hosts exactly.",
    ),
  },
  check(resource, judge) {
    for (const object of resource.objects) {
      if (object.group !== "networking.istio.io") continue;
      if (object.kind === "Gateway") gateway(object, judge);
      else if (object.kind === "VirtualService") virtualService(object, judge);
      else if (object.kind === "ServiceEntry") serviceEntry(object, judge);
      else if (object.kind === "EnvoyFilter") envoyFilter(object, judge);
    }
  },
};

/** @param {KubeObject} object @param {Judge} judge */
function gateway(object, judge) {
  for (const server of object.root.at("spec.servers").items()) {
    const hosts = server.get("hosts");
    if (hosts.unknown) judge.undetermined("W01", hosts);
    else if (!hosts.isList || hosts.items().length === 0) {
      judge.report(hostScope(hosts.value) === "all" ? "W01" : "W05", hosts);
    } else for (const host of hosts.items()) gatewayHost(host, server, judge);
  }
}

/** @param {Node} host @param {Node} server @param {Judge} judge */
function gatewayHost(host, server, judge) {
  judge.when("W01", host, ({ value }) => hostScope(value) === "all");
  if (host.unknown) return;
  const scope = hostScope(host.value);
  if (scope === "namespace-all") judge.report("W02", host);
  if (scope === "empty" || scope === "invalid")
    judge.report("W05", host, "the host is no host name");
  if (scope === "public-suffix" && !eastWest(host, server)) judge.report("W03", host);
}

/**
 * Gateways between clusters pass mutual TLS through for names that exist only inside the mesh.
 * @param {Node} host
 * @param {Node} server
 */
function eastWest(host, server) {
  return (
    server.at("tls.mode").text() === "AUTO_PASSTHROUGH" && /(^|\/)\*\.local\.?$/.test(host.text())
  );
}

/** @param {KubeObject} object @param {Judge} judge */
function virtualService(object, judge) {
  const hosts = object.root.at("spec.hosts");
  for (const host of hosts.items()) named(host, judge, { all: "W06", suffix: "W03" });
  const gateways = object.root.at("spec.gateways");
  if (hosts.items().length === 0 && gateways.items().length > 0) judge.report("W07", hosts);
}

/** @param {KubeObject} object @param {Judge} judge */
function serviceEntry(object, judge) {
  for (const host of object.root.at("spec.hosts").items()) {
    named(host, judge, { all: "W18", suffix: "W18" });
  }
}

/**
 * @param {Node} host
 * @param {Judge} judge
 * @param {HostCodes} codes
 */
function named(host, judge, codes) {
  judge.when(codes.all, host, ({ value }) => ["all", "namespace-all"].includes(hostScope(value)));
  if (host.unknown) return;
  const scope = hostScope(host.value);
  if (scope === "public-suffix") judge.report(codes.suffix, host);
  if (scope === "empty" || scope === "invalid")
    judge.report(codes.all, host, "the host is no host name");
}

/** @param {KubeObject} object @param {Judge} judge */
function envoyFilter(object, judge) {
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
