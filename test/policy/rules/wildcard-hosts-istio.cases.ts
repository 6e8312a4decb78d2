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
  .good("gateway", {
    "several exact hosts": { [HOSTS]: ["s.example.com", "./www.example.com"] },
    "a wildcard below our own domain": { [HOSTS]: ["*.example.com"] },
    "an IP address": { [HOSTS]: ["192.0.2.7"] },
    "names of the mesh passed through between clusters": {
      [HOSTS]: ["*.local"],
      "spec servers 0 tls": { mode: "AUTO_PASSTHROUGH" },
    },
    "a patch of the selector only": {
      "@type": "kubernetes:networking.istio.io/v1:GatewayPatch",
      spec: { selector: {} },
    },
    "a Gateway of another API": { "@type": "kubernetes:example.com/v1:Gateway", [HOSTS]: ["*"] },
    "a wildcard for a part of the first label": { [HOSTS]: ["*-a.example.com"] },
  })
  .bad("gateway", `W01 ${G}[0]: ${ALL}`, {
    "a bare wildcard": { [HOSTS]: ["*"] },
    "a wildcard of every namespace": { [HOSTS]: ["*/*"] },
    "a wildcard in an old version": {
      "@type": "kubernetes:networking.istio.io/v1alpha3:Gateway",
      [HOSTS]: ["*"],
    },
    "a wildcard in a patch": {
      "@type": "kubernetes:networking.istio.io/v1:GatewayPatch",
      [HOSTS]: ["*"],
    },
  })
  .bad("gateway", `W01 ${G}[1]: ${ALL}`, {
    "a wildcard as the second host": { [HOSTS]: ["a.example.com", "*"] },
  })
  .bad("gateway", `W02 ${G}[0]: the host matches every name that one namespace claims.`, {
    "everything of the own namespace": { [HOSTS]: ["./*"] },
    "everything of a namespace": { [HOSTS]: ["shlink/*"] },
  })
  .bad("gateway", `W03 ${G}[0]: ${SUFFIX}`, {
    "a wildcard for a part of everybody's names": { [HOSTS]: ["*-a.com"] },
    "a suffix of two labels": { [HOSTS]: ["*.gv.at"] },
    "a shared suffix": { [HOSTS]: ["*.duckdns.org"] },
    "a top-level domain": { [HOSTS]: ["*.com"] },
    "a public suffix of two labels": { [HOSTS]: ["*/*.co.uk"] },
    "names of the mesh without passthrough": { [HOSTS]: ["*.local"] },
    "another suffix passed through": {
      [HOSTS]: ["*.com"],
      "spec servers 0 tls": { mode: "AUTO_PASSTHROUGH" },
    },
  })
  .bad("gateway", `W05 ${G}: ${NO_LIST}`, {
    "no hosts": { [HOSTS]: undefined },
    "an empty list": { [HOSTS]: [] },
    "a scalar host": { [HOSTS]: "s.example.com" },
  })
  .bad("gateway", `W01 ${G}: ${ALL}`, { "a scalar wildcard": { [HOSTS]: "*" } })
  .bad("gateway", `W05 ${G}[0]: the text is not a host name.`, {
    "a number for a host": { [HOSTS]: [7] },
    "an empty host": { [HOSTS]: [" "] },
  })
  .unknown("gateway", "spec.servers[0].hosts[0]", {
    "a host that is an output": { [HOSTS]: [UNKNOWN] },
  })
  .unknown("gateway", "spec.servers[0].hosts", { "hosts that are an output": { [HOSTS]: UNKNOWN } })
  .unknown("gateway", "items", {
    "a list of gateways that is an output": {
      "@type": "kubernetes:networking.istio.io/v1:GatewayList",
      items: UNKNOWN,
      spec: undefined,
    },
  })
  .unknown("gateway", "spec.servers", { "servers that are an output": { "spec servers": UNKNOWN } })
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
  .good("route", { "a delegate": { "spec hosts": undefined, "spec gateways": undefined } })
  .bad("route", 'W06 VirtualService "shlink/shlink", spec.hosts[0]: the host matches every name.', {
    "a route for every name": { "spec hosts": ["*"] },
    "a route for everything of a namespace": { "spec hosts": ["./*"] },
  })
  .bad(
    "route",
    'W03 VirtualService "shlink/shlink", spec.hosts[0]: the host matches every name below a public suffix.',
    { "a route for a public suffix": { "spec hosts": ["*.org"] } },
  )
  .bad("route", 'W06 VirtualService "shlink/shlink", spec.hosts[0]: the text is not a host name.', {
    "a route for a garbled host": { "spec hosts": ["a.*.org"] },
    "a route for an empty host": { "spec hosts": [""] },
  })
  .bad(
    "route",
    'W07 VirtualService "shlink/shlink", spec.hosts: the route is bound to a gateway but names no host.',
    { "a route with a gateway but no host": { "spec hosts": undefined } },
  )
  .unknown("route", "spec.hosts[0]", {
    "a route's host that is an output": { "spec hosts": [UNKNOWN] },
  })
  .bad(
    "entry",
    'W18 ServiceEntry "shlink/geo", spec.hosts[0]: the service entry captures every name.',
    {
      "an entry for every name": { "spec hosts": ["*"] },
      "an entry for a public suffix": { "spec hosts": ["*.net"] },
    },
  )
  .bad(
    "filter",
    'W15 EnvoyFilter "istio-ingress/limit", spec.configPatches[0].patch.value.domains[0]: the patched virtual host matches every domain.',
    {
      "a patched virtual host for every domain": {
        "spec configPatches 0 patch value domains": ["*"],
      },
    },
  )
  .good("filter", {
    "a sidecar's virtual host": {
      "spec configPatches 0 patch value domains": ["*"],
      "spec configPatches 0 match context": "SIDECAR_INBOUND",
    },
    "a wildcard that is no domain": { "spec configPatches 0 patch value": { prefixes: ["*"] } },
  });
