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
  .good("a bare wildcard, which another policy refuses", "gateway", {
    "spec servers 0 hosts": ["*"],
  })
  .good("a wildcard of another API", "gateway", {
    "@type": "kubernetes:example.com/v1:Gateway",
    "spec servers 0 hosts": ["*.example.com"],
  })
  .bad(
    "a wildcard in a gateway",
    "gateway",
    { "spec servers 0 hosts": ["*.example.com"] },
    'W04 Gateway "shlink/public", spec.servers[0].hosts[0]: the host is a wildcard below a domain.',
  )
  .bad(
    "a wildcard in an ingress",
    "ingress",
    { "spec rules 0 host": "*.example.com" },
    'W04 Ingress "shlink/web", spec.rules[0].host: the host is a wildcard below a domain.',
  )
  .bad(
    "a wildcard in a listener",
    "listener",
    { "spec listeners 0 hostname": "*.example.com" },
    'W04 Gateway "shlink/edge", spec.listeners[0].hostname: the host is a wildcard below a domain.',
  )
  .bad(
    "a wildcard in a route",
    "route",
    { "spec hostnames": ["*.example.com"] },
    'W04 HTTPRoute "shlink/web", spec.hostnames[0]: the host is a wildcard below a domain.',
  )
  .bad(
    "a wildcard in a virtual service",
    "service",
    { "spec hosts": ["*.example.com"] },
    'W04 VirtualService "shlink/web", spec.hosts[0]: the host is a wildcard below a domain.',
  )
  .bad(
    "routes of every namespace",
    "listener",
    { "spec listeners 0 allowedRoutes namespaces from": "All" },
    'W11 Gateway "shlink/edge", spec.listeners[0].allowedRoutes.namespaces.from: routes of every namespace may attach to the listener.',
  )
  .bad(
    "a rule for every host",
    "destination",
    { "spec host": "*" },
    'W19 DestinationRule "shlink/web", spec.host: the destination rule applies to every host.',
  )
  .bad(
    "a rule for the whole mesh",
    "destination",
    { "spec host": "*.local" },
    'W19 DestinationRule "shlink/web", spec.host: the destination rule applies to every host.',
  )
  .good("an authority that starts with something", "service", { [MATCH]: { prefix: "s." } })
  .good("a pattern that says something", "service", { [MATCH]: { regex: "s\\.example\\..+" } })
  .bad(
    "an authority that starts with nothing",
    "service",
    { [MATCH]: { prefix: "" } },
    'W08 VirtualService "shlink/web", spec.http[0].match[0].authority.prefix: the match accepts every server name or authority.',
  )
  .bad(
    "an authority like anything",
    "service",
    { [MATCH]: { regex: "^.*$" } },
    'W08 VirtualService "shlink/web", spec.http[0].match[0].authority.regex: the match accepts every server name or authority.',
  )
  .good("a named server", "service", { "spec tls": [{ match: [{ sniHosts: ["s.example.com"] }] }] })
  .bad(
    "every server name",
    "service",
    { "spec tls": [{ match: [{ sniHosts: ["*"] }] }] },
    'W08 VirtualService "shlink/web", spec.tls[0].match[0].sniHosts[0]: the match accepts every server name or authority.',
  )
  .good("any origin without credentials", "service", {
    "spec http 0 corsPolicy": { allowOrigins: [{ exact: "*" }, { regex: ".*" }] },
  })
  .good("named origins with credentials", "service", {
    "spec http 0 corsPolicy": {
      allowCredentials: true,
      allowOrigins: [{ exact: "https://a.example.com" }],
    },
  })
  .bad(
    "any origin with credentials",
    "service",
    {
      "spec http 0 corsPolicy": {
        allowCredentials: true,
        allowOrigins: [{ exact: "*" }, { regex: ".*" }],
      },
    },
    'W21 VirtualService "shlink/web", spec.http[0].corsPolicy.allowOrigins[0].exact: every origin may send requests with credentials.',
    'W21 VirtualService "shlink/web", spec.http[0].corsPolicy.allowOrigins[1].regex: every origin may send requests with credentials.',
  )
  .unknown(
    "an authority that is an output",
    "service",
    { [MATCH]: { prefix: UNKNOWN } },
    "spec.http[0].match[0].authority.prefix",
  );
