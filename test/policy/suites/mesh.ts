/** Hosts, gateways and the mesh. */

import { gatewayTls } from "../../../policy/rules/gateway-tls.ts";
import { hostScopePolicy } from "../../../policy/rules/host-scope.ts";
import { meshAuthorization } from "../../../policy/rules/mesh-authorization.ts";
import { meshInjection } from "../../../policy/rules/mesh-injection.ts";
import { meshMtls } from "../../../policy/rules/mesh-mtls.ts";
import { meshStrictDefault } from "../../../policy/rules/mesh-strict-default.ts";
import { Cases, StackCases, UNKNOWN } from "../support/suite.ts";
import type { Fixture, Suite } from "../support/suite.ts";
import {
  DEPLOYMENT,
  DESTINATION,
  GATEWAY,
  INGRESS,
  JOB,
  LISTENER,
  release,
  VIRTUAL_SERVICE,
} from "./fixtures.ts";

const ROUTE: Fixture = {
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  name: "web",
  props: { metadata: { name: "web", namespace: "shlink" }, spec: { hostnames: ["s.example.com"] } },
};
const MATCH = "spec http 0 match 0 authority";

const scope = new Cases(hostScopePolicy, {
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

const tls = new Cases(gatewayTls, { gateway: GATEWAY, listener: LISTENER, ingress: INGRESS })
  .good("TLS passed through to the server", "gateway", {
    "spec servers 1 tls": { mode: "PASSTHROUGH" },
  })
  .good("several certificates", "gateway", {
    "spec servers 1 tls": { mode: "SIMPLE", credentialNames: ["a"] },
  })
  .good("a certificate file", "gateway", {
    "spec servers 1 tls": { mode: "SIMPLE", serverCertificate: "/a" },
  })
  .good("a TLS server", "gateway", {
    "spec servers 1 port protocol": "TLS",
    "spec servers 1 tls": { mode: "PASSTHROUGH" },
  })
  .good("a Gateway of another API", "gateway", {
    "@type": "kubernetes:example.com/v1:Gateway",
    "spec servers 0 tls": undefined,
  })
  .bad(
    "plain HTTP",
    "gateway",
    { "spec servers 0 tls": undefined },
    'I01 Gateway "shlink/public", spec.servers[0].port.protocol: the server speaks plain HTTP without redirecting to HTTPS.',
  )
  .bad(
    "plain http in lower case",
    "gateway",
    { "spec servers 0 port protocol": "http", "spec servers 0 tls": undefined },
    'I01 Gateway "shlink/public", spec.servers[0].port.protocol: the server speaks plain HTTP without redirecting to HTTPS.',
  )
  .bad(
    "an old protocol",
    "gateway",
    { "spec servers 1 tls minProtocolVersion": "TLSV1_1" },
    'I03 Gateway "shlink/public", spec.servers[1].tls.minProtocolVersion: the server accepts TLS older than 1.2.',
  )
  .bad(
    "optional client certificates",
    "gateway",
    { "spec servers 1 tls mode": "OPTIONAL_MUTUAL" },
    'I04 Gateway "shlink/public", spec.servers[1].tls.mode: the server does not terminate or verify TLS as it should.',
  )
  .bad(
    "no verification",
    "gateway",
    { "spec servers 1 tls insecureSkipVerify": true },
    'I04 Gateway "shlink/public", spec.servers[1].tls.insecureSkipVerify: the server does not terminate or verify TLS as it should.',
  )
  .bad(
    "no certificate",
    "gateway",
    { "spec servers 1 tls": { mode: "SIMPLE" } },
    'I05 Gateway "shlink/public", spec.servers[1].tls: the HTTPS server names no certificate.',
  )
  .unknown(
    "a protocol that is an output",
    "gateway",
    { "spec servers 0 port protocol": UNKNOWN },
    "spec.servers[0].port.protocol",
  )
  .good("a TCP listener", "listener", { "spec listeners 0": { protocol: "TCP" } })
  .bad(
    "a plain listener",
    "listener",
    { "spec listeners 0 protocol": "HTTP" },
    'I01 Gateway "shlink/edge", spec.listeners[0].protocol: the server speaks plain HTTP without redirecting to HTTPS.',
  )
  .bad(
    "a listener without certificate",
    "listener",
    { "spec listeners 0 tls": undefined },
    'I05 Gateway "shlink/edge", spec.listeners[0].tls.certificateRefs: the HTTPS server names no certificate.',
  )
  .good("a patch of something else", "ingress", {
    "@type": "kubernetes:networking.k8s.io/v1:IngressPatch",
    spec: {},
  })
  .bad(
    "an ingress without TLS",
    "ingress",
    { "spec tls": undefined },
    'I01 Ingress "shlink/web", spec.tls: the ingress has no TLS.',
  );

const PEERS: Fixture = {
  type: "kubernetes:security.istio.io/v1:PeerAuthentication",
  name: "default",
  props: {
    metadata: { name: "default", namespace: "istio-system" },
    spec: { mtls: { mode: "STRICT" }, portLevelMtls: { "8080": { mode: "STRICT" } } },
  },
};
const mtls = new Cases(meshMtls, { peers: PEERS, destination: DESTINATION })
  .good("an unset mode of a namespace", "peers", {
    "metadata namespace": "shlink",
    "spec mtls": undefined,
  })
  .good("a patch of the mesh's policy", "peers", {
    "@type": "kubernetes:security.istio.io/v1:PeerAuthenticationPatch",
    spec: {},
  })
  .good("another API", "peers", {
    "@type": "kubernetes:example.com/v1:PeerAuthentication",
    "spec mtls mode": "DISABLE",
  })
  .bad(
    "plaintext allowed",
    "peers",
    { "spec mtls mode": "PERMISSIVE" },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: the mode lets plaintext in.',
  )
  .bad(
    "mutual TLS off",
    "peers",
    { "spec mtls mode": "DISABLE" },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: the mode lets plaintext in.',
  )
  .bad(
    "an unset mode of the mesh",
    "peers",
    { "spec mtls mode": "UNSET" },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: an unset mode means PERMISSIVE for the whole mesh.',
  )
  .bad(
    "no mode of the mesh",
    "peers",
    { "spec mtls": undefined },
    'I06 PeerAuthentication "istio-system/default", spec.mtls.mode: an unset mode means PERMISSIVE for the whole mesh.',
  )
  .bad(
    "a port excepted",
    "peers",
    { "spec portLevelMtls 8080 mode": "PERMISSIVE" },
    'I07 PeerAuthentication "istio-system/default", spec.portLevelMtls.8080.mode: a port is excepted from mutual TLS.',
  )
  .unknown("a mode that is an output", "peers", { "spec mtls mode": UNKNOWN }, "spec.mtls.mode")
  .good("no TLS settings", "destination", { "spec trafficPolicy": undefined })
  .good("an external server with a CA", "destination", {
    "spec trafficPolicy tls": { mode: "SIMPLE", caCertificates: "/ca" },
  })
  .good("an external server with a credential", "destination", {
    "spec trafficPolicy tls": { mode: "MUTUAL", credentialName: "a" },
  })
  .bad(
    "plaintext",
    "destination",
    { "spec trafficPolicy tls mode": "DISABLE" },
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "an empty mode",
    "destination",
    { "spec trafficPolicy tls": {} },
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "plaintext for a port",
    "destination",
    { "spec trafficPolicy portLevelSettings": [{ tls: { mode: "DISABLE" } }] },
    'I09 DestinationRule "shlink/web", spec.trafficPolicy.portLevelSettings[0].tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "plaintext for a subset",
    "destination",
    { "spec subsets": [{ trafficPolicy: { tls: { mode: "DISABLE" } } }] },
    'I09 DestinationRule "shlink/web", spec.subsets[0].trafficPolicy.tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "plaintext for a port of a subset",
    "destination",
    {
      "spec subsets": [{ trafficPolicy: { portLevelSettings: [{ tls: { mode: "DISABLE" } }] } }],
    },
    'I09 DestinationRule "shlink/web", spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode: the destination rule sends plaintext.',
  )
  .bad(
    "no CA",
    "destination",
    { "spec trafficPolicy tls mode": "SIMPLE" },
    'I10 DestinationRule "shlink/web", spec.trafficPolicy.tls: the destination rule does not verify the server.',
  )
  .bad(
    "no verification",
    "destination",
    { "spec trafficPolicy tls insecureSkipVerify": true },
    'I10 DestinationRule "shlink/web", spec.trafficPolicy.tls.insecureSkipVerify: the destination rule does not verify the server.',
  );

const strict = new StackCases(meshStrictDefault, {
  istiod: release("istiod", {}),
  peers: {
    ...PEERS,
    props: {
      metadata: { name: "default", namespace: "istiod-system" },
      spec: { mtls: { mode: "STRICT" } },
    },
  },
})
  .good("a stack without istiod", { istiod: undefined, peers: undefined })
  .bad("no policy", { peers: undefined }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ])
  .bad("a policy for some pods", { peers: { "spec selector": { matchLabels: { app: "a" } } } }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ])
  .bad("a policy of another namespace", { peers: { "metadata namespace": "shlink" } }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ])
  .bad("a policy that allows plaintext", { peers: { "spec mtls mode": "PERMISSIVE" } }, [
    'I08 Helm release "istiod-system/istiod" (chart istiod): no PeerAuthentication demands STRICT for the whole mesh.',
  ]);

const AUTHORIZATION: Fixture = {
  type: "kubernetes:security.istio.io/v1:AuthorizationPolicy",
  name: "shlink",
  props: {
    metadata: { name: "shlink", namespace: "shlink" },
    spec: {
      action: "ALLOW",
      rules: [
        { from: [{ source: { principals: ["cluster.local/ns/istio-ingress/sa/gateway"] } }] },
      ],
    },
  },
};
const REQUEST: Fixture = {
  type: "kubernetes:security.istio.io/v1:RequestAuthentication",
  name: "jwt",
  props: {
    metadata: { name: "jwt", namespace: "shlink" },
    spec: { jwtRules: [{ issuer: "a", jwksUri: "https://example.com/keys" }] },
  },
};
const FROM = "spec rules 0 from";
const authorization = new Cases(meshAuthorization, { policy: AUTHORIZATION, request: REQUEST })
  .good("everybody, for some paths", "policy", {
    "spec rules 0": { to: [{ operation: { paths: ["/a"] } }] },
  })
  .good("everybody, under a condition", "policy", { "spec rules 0": { when: [{ key: "a" }] } })
  .good("a rule that denies everybody", "policy", { "spec action": "DENY", "spec rules 0": {} })
  .good("no rule, which denies everything", "policy", { "spec rules": undefined })
  .good("another API", "policy", {
    "@type": "kubernetes:example.com/v1:AuthorizationPolicy",
    "spec rules 0": {},
  })
  .bad(
    "an empty rule",
    "policy",
    { "spec rules 0": {} },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule allows everything.',
  )
  .bad(
    "an empty rule without action",
    "policy",
    { "spec action": undefined, "spec rules 0": {} },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule allows everything.',
  )
  .bad(
    "every principal",
    "policy",
    { [FROM]: [{ source: { principals: ["*"] } }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .bad(
    "every address",
    "policy",
    { [FROM]: [{ source: { ipBlocks: ["0.0.0.0/0"] } }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .bad(
    "no source",
    "policy",
    { [FROM]: [{ source: {} }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .bad(
    "only exclusions",
    "policy",
    { [FROM]: [{ source: { notNamespaces: ["a"] } }] },
    'I12 AuthorizationPolicy "shlink/shlink", spec.rules[0]: the rule\'s source is everybody.',
  )
  .good("one of two limits is real", "policy", {
    [FROM]: [{ source: { principals: ["*"], namespaces: ["a"] } }],
  })
  .unknown("a rule that is an output", "policy", { "spec rules": [UNKNOWN] }, "spec.rules[0]")
  .bad(
    "keys by http",
    "request",
    { "spec jwtRules 0 jwksUri": "http://example.com/keys" },
    'I15 RequestAuthentication "shlink/jwt", spec.jwtRules[0].jwksUri: the issuer\'s keys are fetched without TLS.',
  );

const META = "spec template metadata";
const injection = new Cases(meshInjection, { deployment: DEPLOYMENT, job: JOB })
  .good("the sidecar asked for", "deployment", {
    [`${META} labels`]: { "sidecar.istio.io/inject": "true" },
  })
  .good("an empty list of excluded ports", "deployment", {
    [`${META} annotations`]: { "traffic.sidecar.istio.io/excludeInboundPorts": "" },
  })
  .bad(
    "the sidecar refused by a label",
    "deployment",
    { [`${META} labels`]: { "sidecar.istio.io/inject": "false" } },
    'I21 Deployment "shlink/shlink", spec.template.metadata.labels["sidecar.istio.io/inject"]: the sidecar is left out or traffic passes around it.',
  )
  .bad(
    "the sidecar refused by an annotation",
    "deployment",
    { [`${META} annotations`]: { "sidecar.istio.io/inject": "false" } },
    'I21 Deployment "shlink/shlink", spec.template.metadata.annotations["sidecar.istio.io/inject"]: the sidecar is left out or traffic passes around it.',
  )
  .bad(
    "a port that bypasses it",
    "deployment",
    {
      [`${META} annotations`]: { "traffic.sidecar.istio.io/excludeOutboundPorts": "5432" },
    },
    'I21 Deployment "shlink/shlink", spec.template.metadata.annotations["traffic.sidecar.istio.io/excludeOutboundPorts"]: the sidecar is left out or traffic passes around it.',
  )
  .bad(
    "the sidecar's user",
    "deployment",
    { "spec template spec securityContext runAsUser": 1337 },
    'I22 Deployment "shlink/shlink", spec.template.spec.securityContext.runAsUser: the container runs as the sidecar\'s user.',
  )
  .bad(
    "the sidecar's user in a Job",
    "job",
    { "spec template spec containers 0 securityContext runAsUser": 1337 },
    'I22 Job "shlink/migration", spec.template.spec.containers[0].securityContext.runAsUser: the container runs as the sidecar\'s user.',
  )
  .unknown(
    "a label that is an output",
    "deployment",
    { [`${META} labels`]: { "sidecar.istio.io/inject": UNKNOWN } },
    'spec.template.metadata.labels["sidecar.istio.io/inject"]',
  );

export const mesh: Suite[] = [scope, tls, mtls, strict, authorization, injection];
