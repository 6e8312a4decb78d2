import { wildcardHostsIstio } from "../../../policy/rules/wildcard-hosts-istio.ts";
import { HTTPS_GATEWAY } from "../support/fixtures/routes.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const VIRTUAL_SERVICE: Fixture = {
  type: "kubernetes:networking.istio.io/v1:VirtualService",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: { hosts: ["s.example.com"], gateways: ["istio-ingress/public"], http: [] },
  },
};
const SERVICE_ENTRY: Fixture = {
  type: "kubernetes:networking.istio.io/v1beta1:ServiceEntry",
  name: "geo",
  props: { metadata: { name: "geo", namespace: "shlink" }, spec: { hosts: ["geo.example.net"] } },
};
const ENVOY_FILTER: Fixture = {
  type: "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter",
  name: "limit",
  props: {
    metadata: { name: "limit", namespace: "istio-ingress" },
    spec: {
      configPatches: [
        {
          applyTo: "VIRTUAL_HOST",
          match: { context: "GATEWAY" },
          patch: { operation: "MERGE", value: { domains: ["s.example.com"] } },
        },
      ],
    },
  },
};
const G = 'Gateway "istio-ingress/public", spec.servers[0].hosts';
const ALL = "the host matches every name.";
const SUFFIX = "the host matches every name below a public suffix.";
const NO_LIST = "the server has no readable list of hosts.";
const HOSTS = "spec servers 0 hosts";

export const suite = new Cases(wildcardHostsIstio, {
  gateway: HTTPS_GATEWAY,
  route: VIRTUAL_SERVICE,
  entry: SERVICE_ENTRY,
  filter: ENVOY_FILTER,
})
  .good("several exact hosts", "gateway", { [HOSTS]: ["s.example.com", "./www.example.com"] })
  .good("a wildcard below our own domain", "gateway", { [HOSTS]: ["*.example.com"] })
  .good("an IP address", "gateway", { [HOSTS]: ["192.0.2.7"] })
  .good("names of the mesh passed through between clusters", "gateway", {
    [HOSTS]: ["*.local"],
    "spec servers 0 tls": { mode: "AUTO_PASSTHROUGH" },
  })
  .good("a patch of the selector only", "gateway", {
    "@type": "kubernetes:networking.istio.io/v1:GatewayPatch",
    spec: { selector: {} },
  })
  .good("a Gateway of another API", "gateway", {
    "@type": "kubernetes:example.com/v1:Gateway",
    [HOSTS]: ["*"],
  })
  .bad("a bare wildcard", "gateway", { [HOSTS]: ["*"] }, `W01 ${G}[0]: ${ALL}`)
  .bad(
    "a wildcard as the second host",
    "gateway",
    { [HOSTS]: ["a.example.com", "*"] },
    `W01 ${G}[1]: ${ALL}`,
  )
  .bad("a wildcard of every namespace", "gateway", { [HOSTS]: ["*/*"] }, `W01 ${G}[0]: ${ALL}`)
  .bad(
    "a wildcard in an old version",
    "gateway",
    {
      "@type": "kubernetes:networking.istio.io/v1alpha3:Gateway",
      [HOSTS]: ["*"],
    },
    `W01 ${G}[0]: ${ALL}`,
  )
  .bad(
    "a wildcard in a patch",
    "gateway",
    {
      "@type": "kubernetes:networking.istio.io/v1:GatewayPatch",
      [HOSTS]: ["*"],
    },
    `W01 ${G}[0]: ${ALL}`,
  )
  .bad(
    "everything of the own namespace",
    "gateway",
    { [HOSTS]: ["./*"] },
    `W02 ${G}[0]: the host matches every name that one namespace claims.`,
  )
  .bad(
    "everything of a namespace",
    "gateway",
    { [HOSTS]: ["shlink/*"] },
    `W02 ${G}[0]: the host matches every name that one namespace claims.`,
  )
  .good("a wildcard for a part of the first label", "gateway", { [HOSTS]: ["*-a.example.com"] })
  .bad(
    "a wildcard for a part of everybody's names",
    "gateway",
    { [HOSTS]: ["*-a.com"] },
    `W03 ${G}[0]: ${SUFFIX}`,
  )
  .bad("a suffix of two labels", "gateway", { [HOSTS]: ["*.gv.at"] }, `W03 ${G}[0]: ${SUFFIX}`)
  .bad("a shared suffix", "gateway", { [HOSTS]: ["*.duckdns.org"] }, `W03 ${G}[0]: ${SUFFIX}`)
  .bad("a top-level domain", "gateway", { [HOSTS]: ["*.com"] }, `W03 ${G}[0]: ${SUFFIX}`)
  .bad(
    "a public suffix of two labels",
    "gateway",
    { [HOSTS]: ["*/*.co.uk"] },
    `W03 ${G}[0]: ${SUFFIX}`,
  )
  .bad(
    "names of the mesh without passthrough",
    "gateway",
    { [HOSTS]: ["*.local"] },
    `W03 ${G}[0]: ${SUFFIX}`,
  )
  .bad(
    "another suffix passed through",
    "gateway",
    {
      [HOSTS]: ["*.com"],
      "spec servers 0 tls": { mode: "AUTO_PASSTHROUGH" },
    },
    `W03 ${G}[0]: ${SUFFIX}`,
  )
  .bad("no hosts", "gateway", { [HOSTS]: undefined }, `W05 ${G}: ${NO_LIST}`)
  .bad("an empty list", "gateway", { [HOSTS]: [] }, `W05 ${G}: ${NO_LIST}`)
  .bad("a scalar wildcard", "gateway", { [HOSTS]: "*" }, `W01 ${G}: ${ALL}`)
  .bad("a scalar host", "gateway", { [HOSTS]: "s.example.com" }, `W05 ${G}: ${NO_LIST}`)
  .bad(
    "a number for a host",
    "gateway",
    { [HOSTS]: [7] },
    `W05 ${G}[0]: the text is not a host name.`,
  )
  .bad("an empty host", "gateway", { [HOSTS]: [" "] }, `W05 ${G}[0]: the text is not a host name.`)
  .unknown(
    "a host that is an output",
    "gateway",
    { [HOSTS]: [UNKNOWN] },
    "spec.servers[0].hosts[0]",
  )
  .unknown("hosts that are an output", "gateway", { [HOSTS]: UNKNOWN }, "spec.servers[0].hosts")
  .unknown(
    "a list of gateways that is an output",
    "gateway",
    { "@type": "kubernetes:networking.istio.io/v1:GatewayList", items: UNKNOWN, spec: undefined },
    "items",
  )
  .unknown("servers that are an output", "gateway", { "spec servers": UNKNOWN }, "spec.servers")
  .add(
    "an unknown host beside a wildcard",
    [
      {
        ...HTTPS_GATEWAY,
        props: { ...HTTPS_GATEWAY.props, spec: { servers: [{ hosts: [UNKNOWN, "*"] }] } },
      },
    ],
    [`W01 ${G}[1]: ${ALL}`],
    ["spec.servers[0].hosts[0]"],
  )
  .good("a delegate", "route", { "spec hosts": undefined, "spec gateways": undefined })
  .bad(
    "a route for every name",
    "route",
    { "spec hosts": ["*"] },
    'W06 VirtualService "shlink/shlink", spec.hosts[0]: the host matches every name.',
  )
  .bad(
    "a route for everything of a namespace",
    "route",
    { "spec hosts": ["./*"] },
    'W06 VirtualService "shlink/shlink", spec.hosts[0]: the host matches every name.',
  )
  .bad(
    "a route for a public suffix",
    "route",
    { "spec hosts": ["*.org"] },
    'W03 VirtualService "shlink/shlink", spec.hosts[0]: the host matches every name below a public suffix.',
  )
  .bad(
    "a route for a garbled host",
    "route",
    { "spec hosts": ["a.*.org"] },
    'W06 VirtualService "shlink/shlink", spec.hosts[0]: the text is not a host name.',
  )
  .bad(
    "a route for an empty host",
    "route",
    { "spec hosts": [""] },
    'W06 VirtualService "shlink/shlink", spec.hosts[0]: the text is not a host name.',
  )
  .bad(
    "a route with a gateway but no host",
    "route",
    { "spec hosts": undefined },
    'W07 VirtualService "shlink/shlink", spec.hosts: the route is bound to a gateway but names no host.',
  )
  .unknown(
    "a route's host that is an output",
    "route",
    { "spec hosts": [UNKNOWN] },
    "spec.hosts[0]",
  )
  .bad(
    "an entry for every name",
    "entry",
    { "spec hosts": ["*"] },
    'W18 ServiceEntry "shlink/geo", spec.hosts[0]: the service entry captures every name.',
  )
  .bad(
    "an entry for a public suffix",
    "entry",
    { "spec hosts": ["*.net"] },
    'W18 ServiceEntry "shlink/geo", spec.hosts[0]: the service entry captures every name.',
  )
  .bad(
    "a patched virtual host for every domain",
    "filter",
    {
      "spec configPatches 0 patch value domains": ["*"],
    },
    'W15 EnvoyFilter "istio-ingress/limit", spec.configPatches[0].patch.value.domains[0]: the patched virtual host matches every domain.',
  )
  .good("a sidecar's virtual host", "filter", {
    "spec configPatches 0 patch value domains": ["*"],
    "spec configPatches 0 match context": "SIDECAR_INBOUND",
  })
  .good("a wildcard that is no domain", "filter", {
    "spec configPatches 0 patch value": { prefixes: ["*"] },
  });
