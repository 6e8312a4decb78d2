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
  .good("ingress", {
    "a wildcard below our own domain": { "spec rules 0 host": "*.example.com" },
    "an Ingress of another API": {
      "@type": "kubernetes:example.com/v1:Ingress",
      "spec rules 0 host": "*",
    },
  })
  .bad("ingress", `W12 ${I}, spec.rules[0].host: ${EVERY}`, {
    "a rule without host": { "spec rules 0 host": undefined },
    "an empty host": { "spec rules 0 host": "" },
    "a bare wildcard": { "spec rules 0 host": "*" },
    "a garbled host": { "spec rules 0 host": "a*" },
  })
  .bad("ingress", `W03 ${I}, spec.rules[0].host: ${SUFFIX}`, {
    "a public suffix": { "spec rules 0 host": "*.com" },
  })
  .bad("ingress", `W12 ${I}, spec.tls[0].hosts[0]: ${EVERY}`, {
    "a certificate for every host": { "spec tls 0 hosts": ["*"] },
  })
  .bad(
    "ingress",
    `W12 ${I}, spec.defaultBackend: the default backend answers to every host name.`,
    { "a default backend": { "spec defaultBackend": {} } },
  )
  .bad("ingress", `W12 ${I}, spec.backend: the default backend answers to every host name.`, {
    "a default backend of the old API": {
      "@type": "kubernetes:extensions/v1beta1:Ingress",
      "spec backend": {},
    },
  })
  .unknown("ingress", "spec.rules[0].host", {
    "a host that is an output": { "spec rules 0 host": UNKNOWN },
  })
  .good("gateway", {
    "a TCP listener": { "spec listeners 0": { protocol: "TCP" } },
    "a UDP listener": { "spec listeners 0": { protocol: "UDP" } },
    "a listener of an ambient mesh's waypoint": {
      "spec listeners 0": { name: "mesh", port: 15008, protocol: "HBONE" },
    },
  })
  .bad("gateway", `W09 ${L}: ${TAKES}`, {
    "a listener that names the protocol of a waypoint and takes HTTPS": {
      "spec listeners 0": { name: "HBONE", port: 15008, protocol: "HTTPS" },
    },
    "a listener without hostname": { "spec listeners 0 hostname": undefined },
    "a listener for every name": { "spec listeners 0 hostname": "*" },
  })
  .bad(
    "gateway",
    'W09 XListenerSet "istio-ingress/edge", spec.listeners[0].hostname: the listener takes every host name.',
    {
      "a listener of a set": {
        "@type": "kubernetes:gateway.networking.x-k8s.io/v1alpha1:XListenerSet",
        "spec listeners 0 hostname": "*",
      },
    },
  )
  .bad("gateway", `W03 ${L}: ${SUFFIX}`, {
    "a listener for a public suffix of a cloud": {
      "spec listeners 0 hostname": "*.s3.amazonaws.com",
    },
    "a listener for a public suffix": { "spec listeners 0 hostname": "*.co.uk" },
  })
  .unknown("gateway", "spec.listeners[0].hostname", {
    "a hostname that is an output": { "spec listeners 0 hostname": UNKNOWN },
  })
  .good("route", {
    "a route inside the mesh": {
      "spec hostnames": undefined,
      "spec parentRefs": [{ kind: "Service", name: "shlink" }],
    },
    "a route to a host outside the mesh": {
      "spec hostnames": undefined,
      "spec parentRefs": [{ group: "networking.istio.io", kind: "ServiceEntry", name: "outside" }],
    },
    "a route attached to nothing": { "spec hostnames": undefined, "spec parentRefs": undefined },
    "a route of another kind": {
      "@type": "kubernetes:gateway.networking.k8s.io/v1alpha2:TCPRoute",
      "spec hostnames": undefined,
    },
  })
  .bad("route", `W10 ${R}: ${INHERITS}`, {
    "a route without hostnames": { "spec hostnames": undefined },
    "a route with an empty list": { "spec hostnames": [] },
    "a route that also hangs on a gateway": {
      "spec hostnames": undefined,
      "spec parentRefs": [
        { kind: "Service", name: "a" },
        { kind: "Gateway", name: "edge" },
      ],
    },
  })
  .bad("route", `W10 ${R}[0]: ${INHERITS}`, {
    "a route for every name": { "spec hostnames": ["*"] },
  })
  .bad("route", `W10 GRPCRoute "shlink/web", spec.hostnames: ${INHERITS}`, {
    "a gRPC route without hostnames": {
      "@type": "kubernetes:gateway.networking.k8s.io/v1:GRPCRoute",
      "spec hostnames": undefined,
    },
  })
  .unknown("route", "spec.hostnames", {
    "hostnames that are an output": { "spec hostnames": UNKNOWN },
  })
  .good("openshift", {
    "no host, which the router then makes up": { "spec host": undefined },
    "no wildcard policy": { "spec wildcardPolicy": "None" },
    "a Route of another API": {
      "@type": "kubernetes:serving.knative.dev/v1:Route",
      "spec host": "*",
    },
  })
  .bad(
    "openshift",
    'W12 Route "shlink/web", spec.wildcardPolicy: the ingress answers to every host name.',
    { "a wildcard policy": { "spec wildcardPolicy": "Subdomain" } },
  )
  .bad("openshift", 'W12 Route "shlink/web", spec.host: the ingress answers to every host name.', {
    "a wildcard host": { "spec host": "*" },
  });
