import { wildcardHostsKubernetes } from "../../../policy/rules/wildcard-hosts-kubernetes.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const SUFFIX = "the host matches every name below a public suffix.";
const INGRESS: Fixture = {
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  name: "web",
  props: {
    metadata: { name: "web", namespace: "shlink" },
    spec: {
      rules: [{ host: "s.example.com", http: { paths: [] } }],
      tls: [{ hosts: ["s.example.com"], secretName: "cert" }],
    },
  },
};
const LISTENER: Fixture = {
  type: "kubernetes:gateway.networking.k8s.io/v1:Gateway",
  name: "edge",
  props: {
    metadata: { name: "edge", namespace: "istio-ingress" },
    spec: { listeners: [{ name: "https", protocol: "HTTPS", hostname: "s.example.com" }] },
  },
};
const HTTP_ROUTE: Fixture = {
  type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute",
  name: "web",
  props: {
    metadata: { name: "web", namespace: "shlink" },
    spec: { parentRefs: [{ name: "edge" }], hostnames: ["s.example.com"] },
  },
};
const OPENSHIFT: Fixture = {
  type: "kubernetes:route.openshift.io/v1:Route",
  name: "web",
  props: { metadata: { name: "web", namespace: "shlink" }, spec: { host: "s.example.com" } },
};
const I = 'Ingress "shlink/web"';
const EVERY = "the ingress answers to every host name.";
const L = 'Gateway "istio-ingress/edge", spec.listeners[0].hostname';
const TAKES = "the listener takes every host name.";
const R = 'HTTPRoute "shlink/web", spec.hostnames';
const INHERITS = "the route attached to a gateway takes every host name of its listener.";

export const suite = new Cases(wildcardHostsKubernetes, {
  ingress: INGRESS,
  gateway: LISTENER,
  route: HTTP_ROUTE,
  openshift: OPENSHIFT,
})
  .good("a wildcard below our own domain", "ingress", { "spec rules 0 host": "*.example.com" })
  .good("an Ingress of another API", "ingress", {
    "@type": "kubernetes:example.com/v1:Ingress",
    "spec rules 0 host": "*",
  })
  .bad(
    "a rule without host",
    "ingress",
    { "spec rules 0 host": undefined },
    `W12 ${I}, spec.rules[0].host: ${EVERY}`,
  )
  .bad(
    "an empty host",
    "ingress",
    { "spec rules 0 host": "" },
    `W12 ${I}, spec.rules[0].host: ${EVERY}`,
  )
  .bad(
    "a bare wildcard",
    "ingress",
    { "spec rules 0 host": "*" },
    `W12 ${I}, spec.rules[0].host: ${EVERY}`,
  )
  .bad(
    "a garbled host",
    "ingress",
    { "spec rules 0 host": "a*" },
    `W12 ${I}, spec.rules[0].host: ${EVERY}`,
  )
  .bad(
    "a public suffix",
    "ingress",
    { "spec rules 0 host": "*.com" },
    `W03 ${I}, spec.rules[0].host: ${SUFFIX}`,
  )
  .bad(
    "a certificate for every host",
    "ingress",
    { "spec tls 0 hosts": ["*"] },
    `W12 ${I}, spec.tls[0].hosts[0]: ${EVERY}`,
  )
  .bad(
    "a default backend",
    "ingress",
    { "spec defaultBackend": {} },
    `W12 ${I}, spec.defaultBackend: the default backend answers to every host name.`,
  )
  .bad(
    "a default backend of the old API",
    "ingress",
    {
      "@type": "kubernetes:extensions/v1beta1:Ingress",
      "spec backend": {},
    },
    `W12 ${I}, spec.backend: the default backend answers to every host name.`,
  )
  .unknown(
    "a host that is an output",
    "ingress",
    { "spec rules 0 host": UNKNOWN },
    "spec.rules[0].host",
  )
  .good("a TCP listener", "gateway", { "spec listeners 0": { protocol: "TCP" } })
  .good("a UDP listener", "gateway", { "spec listeners 0": { protocol: "UDP" } })
  .good("a listener of an ambient mesh's waypoint", "gateway", {
    "spec listeners 0": { name: "mesh", port: 15008, protocol: "HBONE" },
  })
  .bad(
    "a listener that names the protocol of a waypoint and takes HTTPS",
    "gateway",
    { "spec listeners 0": { name: "HBONE", port: 15008, protocol: "HTTPS" } },
    `W09 ${L}: ${TAKES}`,
  )
  .bad(
    "a listener without hostname",
    "gateway",
    { "spec listeners 0 hostname": undefined },
    `W09 ${L}: ${TAKES}`,
  )
  .bad(
    "a listener for every name",
    "gateway",
    { "spec listeners 0 hostname": "*" },
    `W09 ${L}: ${TAKES}`,
  )
  .bad(
    "a listener of a set",
    "gateway",
    {
      "@type": "kubernetes:gateway.networking.x-k8s.io/v1alpha1:XListenerSet",
      "spec listeners 0 hostname": "*",
    },
    'W09 XListenerSet "istio-ingress/edge", spec.listeners[0].hostname: the listener takes every host name.',
  )
  .bad(
    "a listener for a public suffix of a cloud",
    "gateway",
    { "spec listeners 0 hostname": "*.s3.amazonaws.com" },
    `W03 ${L}: ${SUFFIX}`,
  )
  .bad(
    "a listener for a public suffix",
    "gateway",
    { "spec listeners 0 hostname": "*.co.uk" },
    `W03 ${L}: ${SUFFIX}`,
  )
  .unknown(
    "a hostname that is an output",
    "gateway",
    { "spec listeners 0 hostname": UNKNOWN },
    "spec.listeners[0].hostname",
  )
  .good("a route inside the mesh", "route", {
    "spec hostnames": undefined,
    "spec parentRefs": [{ kind: "Service", name: "shlink" }],
  })
  .good("a route to a host outside the mesh", "route", {
    "spec hostnames": undefined,
    "spec parentRefs": [{ group: "networking.istio.io", kind: "ServiceEntry", name: "outside" }],
  })
  .good("a route attached to nothing", "route", {
    "spec hostnames": undefined,
    "spec parentRefs": undefined,
  })
  .good("a route of another kind", "route", {
    "@type": "kubernetes:gateway.networking.k8s.io/v1alpha2:TCPRoute",
    "spec hostnames": undefined,
  })
  .bad(
    "a route without hostnames",
    "route",
    { "spec hostnames": undefined },
    `W10 ${R}: ${INHERITS}`,
  )
  .bad("a route with an empty list", "route", { "spec hostnames": [] }, `W10 ${R}: ${INHERITS}`)
  .bad("a route for every name", "route", { "spec hostnames": ["*"] }, `W10 ${R}[0]: ${INHERITS}`)
  .bad(
    "a gRPC route without hostnames",
    "route",
    {
      "@type": "kubernetes:gateway.networking.k8s.io/v1:GRPCRoute",
      "spec hostnames": undefined,
    },
    `W10 GRPCRoute "shlink/web", spec.hostnames: ${INHERITS}`,
  )
  .bad(
    "a route that also hangs on a gateway",
    "route",
    {
      "spec hostnames": undefined,
      "spec parentRefs": [
        { kind: "Service", name: "a" },
        { kind: "Gateway", name: "edge" },
      ],
    },
    `W10 ${R}: ${INHERITS}`,
  )
  .unknown("hostnames that are an output", "route", { "spec hostnames": UNKNOWN }, "spec.hostnames")
  .good("no host, which the router then makes up", "openshift", { "spec host": undefined })
  .good("no wildcard policy", "openshift", { "spec wildcardPolicy": "None" })
  .bad(
    "a wildcard policy",
    "openshift",
    { "spec wildcardPolicy": "Subdomain" },
    'W12 Route "shlink/web", spec.wildcardPolicy: the ingress answers to every host name.',
  )
  .bad(
    "a wildcard host",
    "openshift",
    { "spec host": "*" },
    'W12 Route "shlink/web", spec.host: the ingress answers to every host name.',
  )
  .good("a Route of another API", "openshift", {
    "@type": "kubernetes:serving.knative.dev/v1:Route",
    "spec host": "*",
  });
