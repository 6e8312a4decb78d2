/** Hosts that are narrower than everything but wider than needed. */

import { check } from "../engine/policy.ts";
import { hostScope } from "../engine/hosts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

export const hostScopePolicy: Policy = {
  name: "host-scope",
  title: "Hosts are as narrow as possible",
  description: "Hosts, routes and cross-origin rules match no more than they need.",
  severity: "medium",
  tags: ["istio", "gateway-api", "exposure"],
  checks: {
    W04: check(
      "the host is a wildcard below a domain",
      "Every present and future name below the domain is served.",
      "List the names, or state the domain in allowedWildcardDomains.",
      "advisory",
      "off",
    ),
    W08: check(
      "the match accepts every server name or authority",
      "It undoes the restriction that the list of hosts makes.",
      "Match the exact name.",
    ),
    W11: check(
      "routes of every namespace may attach to the listener",
      "Any team can then publish under this listener's name.",
      "Use from: Same, or a selector.",
      "advisory",
      "off",
    ),
    W19: check(
      "the destination rule applies to every host",
      "It changes how the whole mesh calls everything.",
      "Name the service.",
      "advisory",
    ),
    W21: check(
      "every origin may send requests with credentials",
      "Any web page can then act with the visitor's session.",
      "List the origins exactly.",
    ),
  },
  settings: {
    allowedWildcardDomains: {
      type: "array",
      description: 'Domains below which a wildcard is fine, for example "apps.example.com".',
      default: [],
    },
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      for (const host of hostsOf(object)) subdomain(host, judge);
      if (object.group === "networking.istio.io") istio(object, judge);
      if (object.group === "gateway.networking.k8s.io") listeners(object, judge);
    }
  },
};

function hostsOf({ group, kind, root }: KubeObject): Cursor[] {
  const spec = root.get("spec");
  if (group === "networking.istio.io" && kind === "Gateway") {
    return spec
      .get("servers")
      .items()
      .flatMap((server) => server.get("hosts").items());
  }
  if (group === "networking.istio.io" && kind === "VirtualService")
    return spec.get("hosts").items();
  if (group === "networking.k8s.io" && kind === "Ingress") {
    return spec
      .get("rules")
      .items()
      .map((rule) => rule.get("host"));
  }
  if (group !== "gateway.networking.k8s.io") return [];
  const own = spec
    .get("listeners")
    .items()
    .map((listener) => listener.get("hostname"));
  return [...own, ...spec.get("hostnames").items()];
}

function subdomain(host: Cursor, judge: Judge) {
  if (hostScope(host.value) !== "subdomain") return;
  const domain = host
    .text()
    .trim()
    .toLowerCase()
    .replace(/^.*\*\./, "");
  if (!judge.list("allowedWildcardDomains").includes(domain)) judge.report("W04", host);
}

function istio({ kind, root }: KubeObject, judge: Judge) {
  const spec = root.get("spec");
  if (kind === "DestinationRule") {
    judge.when("W19", spec.get("host"), ({ value }) =>
      ["all", "public-suffix"].includes(hostScope(value)),
    );
  }
  if (kind !== "VirtualService") return;
  for (const route of spec.get("http").items()) http(route, judge);
  for (const route of spec.get("tls").items()) {
    for (const match of route.get("match").items()) {
      for (const name of match.get("sniHosts").items()) {
        judge.when("W08", name, ({ value }) => hostScope(value) === "all");
      }
    }
  }
}

function http(route: Cursor, judge: Judge) {
  for (const match of route.get("match").items()) {
    const authority = match.get("authority");
    judge.when("W08", authority.get("regex"), (node) => /^\^?\.[*+]\$?$/.test(node.text()));
    judge.when("W08", authority.get("prefix"), (node) => node.known && node.value === "");
  }
  const cors = route.get("corsPolicy");
  if (!cors.get("allowCredentials").isTrue()) return;
  for (const origin of cors.get("allowOrigins").items()) {
    judge.when("W21", origin.get("exact"), (node) => node.text() === "*");
    judge.when("W21", origin.get("regex"), (node) => /^\^?\.[*+]\$?$/.test(node.text()));
  }
}

function listeners({ root }: KubeObject, judge: Judge) {
  for (const listener of root.at("spec.listeners").items()) {
    judge.when(
      "W11",
      listener.at("allowedRoutes.namespaces.from"),
      (node) => node.text() === "All",
    );
  }
}
