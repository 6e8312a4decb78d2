import { hostScopePolicy } from "../../../policy/rules/host-scope.ts";
import { DESTINATION } from "../support/fixtures/mesh.ts";
import { GATEWAY, INGRESS, LISTENER, VIRTUAL_SERVICE } from "../support/fixtures/routes.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const ROUTE: Fixture = {
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  name: "web",
  props: { metadata: { name: "web", namespace: "shlink" }, spec: { hostnames: ["s.example.com"] } },
};
const MATCH = "spec http 0 match 0 authority";

export const suite = new Cases(hostScopePolicy, {
  gateway: GATEWAY,
  ingress: INGRESS,
  listener: LISTENER,
  route: ROUTE,
  service: VIRTUAL_SERVICE,
  destination: DESTINATION,
})
  .good("gateway", {
    "a bare wildcard, which another policy refuses": { "spec servers 0 hosts": ["*"] },
    "a wildcard of another API": {
      "@type": "kubernetes:example.com/v1:Gateway",
      "spec servers 0 hosts": ["*.example.com"],
    },
  })
  .bad(
    "gateway",
    'W04 Gateway "shlink/public", spec.servers[0].hosts[0]: the host is a wildcard below a domain.',
    { "a wildcard in a gateway": { "spec servers 0 hosts": ["*.example.com"] } },
  )
  .bad(
    "ingress",
    'W04 Ingress "shlink/web", spec.rules[0].host: the host is a wildcard below a domain.',
    { "a wildcard in an ingress": { "spec rules 0 host": "*.example.com" } },
  )
  .bad(
    "listener",
    'W04 Gateway "shlink/edge", spec.listeners[0].hostname: the host is a wildcard below a domain.',
    { "a wildcard in a listener": { "spec listeners 0 hostname": "*.example.com" } },
  )
  .bad(
    "route",
    'W04 HTTPRoute "shlink/web", spec.hostnames[0]: the host is a wildcard below a domain.',
    { "a wildcard in a route": { "spec hostnames": ["*.example.com"] } },
  )
  .bad(
    "service",
    'W04 VirtualService "shlink/web", spec.hosts[0]: the host is a wildcard below a domain.',
    { "a wildcard in a virtual service": { "spec hosts": ["*.example.com"] } },
  )
  .bad(
    "listener",
    'W11 Gateway "shlink/edge", spec.listeners[0].allowedRoutes.namespaces.from: routes of every namespace may attach to the listener.',
    { "routes of every namespace": { "spec listeners 0 allowedRoutes namespaces from": "All" } },
  )
  .bad(
    "destination",
    'W19 DestinationRule "shlink/web", spec.host: the destination rule applies to every host.',
    {
      "a rule for every host": { "spec host": "*" },
      "a rule for the whole mesh": { "spec host": "*.local" },
    },
  )
  .good("service", {
    "an authority that starts with something": { [MATCH]: { prefix: "s." } },
    "a pattern that says something": { [MATCH]: { regex: "s\\.example\\..+" } },
    "a named server": { "spec tls": [{ match: [{ sniHosts: ["s.example.com"] }] }] },
    "any origin without credentials": {
      "spec http 0 corsPolicy": { allowOrigins: [{ exact: "*" }, { regex: ".*" }] },
    },
    "named origins with credentials": {
      "spec http 0 corsPolicy": {
        allowCredentials: true,
        allowOrigins: [{ exact: "https://a.example.com" }],
      },
    },
  })
  .bad(
    "service",
    'W08 VirtualService "shlink/web", spec.http[0].match[0].authority.prefix: the match accepts every server name or authority.',
    { "an authority that starts with nothing": { [MATCH]: { prefix: "" } } },
  )
  .bad(
    "service",
    'W08 VirtualService "shlink/web", spec.http[0].match[0].authority.regex: the match accepts every server name or authority.',
    { "an authority like anything": { [MATCH]: { regex: "^.*$" } } },
  )
  .bad(
    "service",
    'W08 VirtualService "shlink/web", spec.tls[0].match[0].sniHosts[0]: the match accepts every server name or authority.',
    { "every server name": { "spec tls": [{ match: [{ sniHosts: ["*"] }] }] } },
  )
  .bad(
    "service",
    [
      'W21 VirtualService "shlink/web", spec.http[0].corsPolicy.allowOrigins[0].exact: every origin may send requests with credentials.',
      'W21 VirtualService "shlink/web", spec.http[0].corsPolicy.allowOrigins[1].regex: every origin may send requests with credentials.',
    ],
    {
      "any origin with credentials": {
        "spec http 0 corsPolicy": {
          allowCredentials: true,
          allowOrigins: [{ exact: "*" }, { regex: ".*" }],
        },
      },
    },
  )
  .unknown("service", "spec.http[0].match[0].authority.prefix", {
    "an authority that is an output": { [MATCH]: { prefix: UNKNOWN } },
  });
