/** The policies that nobody can lower: wildcard hosts and a plaintext Vault. */

import { hiddenChanges } from "../../../policy/rules/hidden-changes.ts";
import { vaultClientTls } from "../../../policy/rules/vault-client-tls.ts";
import { vaultConfigTls } from "../../../policy/rules/vault-config-tls.ts";
import { vaultServerTls } from "../../../policy/rules/vault-server-tls.ts";
import { wildcardHostsIstio } from "../../../policy/rules/wildcard-hosts-istio.ts";
import { wildcardHostsKubernetes } from "../../../policy/rules/wildcard-hosts-kubernetes.ts";
import { wildcardHostsValues } from "../../../policy/rules/wildcard-hosts-values.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";
import type { Fixture, Suite } from "../support/suite.ts";

const GATEWAY: Fixture = {
  type: "kubernetes:networking.istio.io/v1:Gateway",
  name: "public",
  props: {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "public", namespace: "istio-ingress" },
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [
        {
          port: { number: 443, name: "https", protocol: "HTTPS" },
          hosts: ["s.example.com"],
          tls: { mode: "SIMPLE", credentialName: "public-cert" },
        },
      ],
    },
  },
};
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

const istio = new Cases(wildcardHostsIstio, {
  gateway: GATEWAY,
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
  .bad("a number for a host", "gateway", { [HOSTS]: [7] }, `W05 ${G}[0]: the host is no host name.`)
  .bad("an empty host", "gateway", { [HOSTS]: [" "] }, `W05 ${G}[0]: the host is no host name.`)
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
    [{ ...GATEWAY, props: { ...GATEWAY.props, spec: { servers: [{ hosts: [UNKNOWN, "*"] }] } } }],
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
    'W06 VirtualService "shlink/shlink", spec.hosts[0]: the host is no host name.',
  )
  .bad(
    "a route for an empty host",
    "route",
    { "spec hosts": [""] },
    'W06 VirtualService "shlink/shlink", spec.hosts[0]: the host is no host name.',
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

const kubernetes = new Cases(wildcardHostsKubernetes, {
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

const RELEASE: Fixture = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "web",
  props: {
    chart: "web",
    version: "1.2.3",
    namespace: "shlink",
    values: {
      ingress: { enabled: true, hosts: [{ host: "s.example.com", paths: ["/"] }] },
      database: { host: "" },
      cors: { origin: "*" },
    },
  },
};
const RL = 'Helm release "shlink/web" (chart web)';
const RENDERS = "the value makes the chart answer to every host name.";

const values = new Cases(wildcardHostsValues, { release: RELEASE })
  .good("a section that is off", "release", {
    "values ingress": { enabled: false, hosts: ["*"] },
  })
  .good("a host that is no name of ours", "release", { "values database host": "*" })
  .good("an empty host of a section that is not on", "release", {
    "values ingress": { hosts: [{ host: "" }] },
  })
  .good("no values", "release", { values: undefined })
  .good("values of something else than a release", "release", {
    "@type": "kubernetes:core/v1:ConfigMap",
    "values ingress hosts": ["*"],
  })
  .bad(
    "a wildcard in a list",
    "release",
    { "values ingress hosts": ["*"] },
    `W13 ${RL}, values.ingress.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "a wildcard in a map of a list",
    "release",
    { "values ingress hosts 0 host": "*" },
    `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`,
  )
  .bad(
    "everything of a namespace",
    "release",
    { "values ingress hosts": ["./*"] },
    `W13 ${RL}, values.ingress.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "hosts in no section",
    "release",
    { "values hosts": ["*"] },
    `W13 ${RL}, values.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "hostnames of a chart of another version",
    "release",
    {
      "@type": "kubernetes:helm.sh/v4:Chart",
      "values httpRoute": { hostnames: "*" },
    },
    `W13 ${RL}, values.httpRoute.hostnames: ${RENDERS}`,
  )
  .bad(
    "a domain deep in a section",
    "release",
    { "values gateway": { public: { domain: "*" } } },
    `W13 ${RL}, values.gateway.public.domain: ${RENDERS}`,
  )
  .bad(
    "an empty host of a section that is on",
    "release",
    { "values ingress hosts 0 host": "" },
    `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`,
  )
  .bad(
    "a null host of a section that is on",
    "release",
    { "values ingress hosts 0 host": null },
    `W13 ${RL}, values.ingress.hosts[0].host: ${RENDERS}`,
  )
  .bad(
    "an empty host below a section that is on",
    "release",
    { "values ingress extra": { hosts: [""] } },
    `W13 ${RL}, values.ingress.extra.hosts[0]: ${RENDERS}`,
  )
  .bad(
    "a public suffix",
    "release",
    { "values ingress hosts": ["*.dev"] },
    `W03 ${RL}, values.ingress.hosts[0]: the value is a wildcard below a public suffix.`,
  )
  .bad(
    "a values file",
    "release",
    {
      valueYamlFiles: [{ text: "route:\n  hosts: ['*']\n  other: 1\n" }],
    },
    `W13 ${RL}, values.route.hosts[0]: ${RENDERS}`,
  )
  .good("a values file that the values correct", "release", {
    valueYamlFiles: [{ text: "ingress:\n  hosts: ['*']\n" }],
  })
  .unknown("values that are an output", "release", { values: UNKNOWN }, "values")
  .unknown(
    "a section that is an output",
    "release",
    { "values ingress": UNKNOWN },
    "values.ingress",
  )
  .unknown(
    "a host that is an output",
    "release",
    { "values ingress hosts": [UNKNOWN] },
    "values.ingress.hosts[0]",
  )
  .unknown(
    "a values file that is not here",
    "release",
    { valueYamlFiles: [{ path: "./values.yaml" }] },
    "valueYamlFiles",
  );

const TLS =
  'listener "tcp" {\n  address = "[::]:8200"\n  tls_cert_file = "/vault/tls/tls.crt"\n}\n';
const PLAIN = 'listener "tcp" {\n  tls_disable = 1\n}\n';
const VAULT: Fixture = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "vault",
  props: {
    chart: "vault",
    version: "0.34.1",
    namespace: "vault",
    values: {
      global: { tlsDisable: false },
      injector: { enabled: false },
      server: { ha: { enabled: true, raft: { enabled: true, config: `ui = true\n${TLS}` } } },
    },
  },
};
const V = 'Helm release "vault/vault" (chart vault)';
const RAFT = "values server ha raft config";
const RAFT_PATH = "values.server.ha.raft.config";
const ON = "a listener has tls_disable on.";
const DEFAULT = "the configuration is absent, so the chart's default with tls_disable = 1 applies.";
const TOLD = "the chart is not told that Vault speaks TLS (its default is tlsDisable: true).";
const DEV = "the server runs in dev mode.";
const UNREADABLE = "tls_disable has a value that Vault does not understand.";

const server = new Cases(vaultServerTls, { vault: VAULT })
  .good("tls_disable = 0", "vault", { [RAFT]: PLAIN.replace("1", "0") })
  .good("a comment", "vault", { [RAFT]: `# tls_disable = 1\n${TLS}` })
  .good("a unix listener beside it", "vault", {
    [RAFT]: `${TLS}listener "unix" { tls_disable = true }`,
  })
  .good("a unix listener by its type", "vault", {
    [RAFT]: `${TLS}listener {\n  type = "unix"\n  tls_disable = true\n}`,
  })
  .bad(
    "a TCP listener by its type",
    "vault",
    { [RAFT]: 'listener {\n  type = "tcp"\n  tls_disable = true\n}' },
    `V01 ${V}, ${RAFT_PATH}: ${ON}`,
  )
  .good("a zero in an object", "vault", { [RAFT]: { listener: { tcp: { tls_disable: 0 } } } })
  .good("a configuration as an object", "vault", {
    [RAFT]: { listener: { tcp: { tls_cert_file: "a" } } },
  })
  .good("another chart", "vault", { "@name": "web", chart: "web", values: { global: {} } })
  .good("the injector only", "vault", { values: { server: { enabled: false } } })
  .good("the server off as a string", "vault", { values: { server: { enabled: "false" } } })
  .good("everything off", "vault", { values: { global: { enabled: false } } })
  .good("standalone", "vault", { "values server": { standalone: { config: TLS } } })
  .good("high availability without raft", "vault", {
    "values server": { ha: { enabled: true, config: TLS } },
  })
  .good("arguments that only look like dev", "vault", {
    "values server extraArgs": "-log-level=debug -devious",
  })
  .bad("tls_disable = 1", "vault", { [RAFT]: PLAIN }, `V01 ${V}, ${RAFT_PATH}: ${ON}`)
  .bad("the second listener", "vault", { [RAFT]: TLS + PLAIN }, `V01 ${V}, ${RAFT_PATH}: ${ON}`)
  .bad(
    "a value that Vault refuses",
    "vault",
    { [RAFT]: PLAIN.replace("1", '"yes"') },
    `V01 ${V}, ${RAFT_PATH}: ${UNREADABLE}`,
  )
  .bad(
    "no HCL",
    "vault",
    { [RAFT]: "listener tcp {" },
    `V01 ${V}, ${RAFT_PATH}: the configuration cannot be read as HCL or JSON.`,
  )
  .bad(
    "a template",
    "vault",
    { [RAFT]: PLAIN.replace("1", "{{ .Values.x }}") },
    `V01 ${V}, ${RAFT_PATH}: the configuration cannot be read as HCL or JSON.`,
  )
  .bad(
    "a mode that is off",
    "vault",
    { "values server standalone": { config: PLAIN } },
    `V01 ${V}, values.server.standalone.config: ${ON}`,
  )
  .bad(
    "the configuration without raft",
    "vault",
    { "values server ha config": PLAIN },
    `V01 ${V}, values.server.ha.config: ${ON}`,
  )
  .bad(
    "a configuration as an object",
    "vault",
    { [RAFT]: { listener: [{ tcp: { TLS_DISABLE: "T" } }] } },
    `V01 ${V}, ${RAFT_PATH}: ${ON}`,
  )
  .bad(
    "no listener",
    "vault",
    { [RAFT]: "ui = true" },
    `V02 ${V}, ${RAFT_PATH}: the configuration names no listener.`,
  )
  .bad("no configuration", "vault", { [RAFT]: undefined }, `V02 ${V}, ${RAFT_PATH}: ${DEFAULT}`)
  .bad(
    "an empty configuration",
    "vault",
    { [RAFT]: " " },
    `V02 ${V}, ${RAFT_PATH}: the configuration names no listener.`,
  )
  .bad(
    "no values",
    "vault",
    { values: undefined },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
    `V02 ${V}, values.server.standalone.config: ${DEFAULT}`,
  )
  .bad(
    "another mode's configuration",
    "vault",
    { "values server ha raft enabled": false },
    `V02 ${V}, values.server.ha.config: ${DEFAULT}`,
  )
  .bad(
    "the server on, the rest off",
    "vault",
    {
      "values global": { enabled: false, tlsDisable: true },
      "values server enabled": true,
    },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "the server on as a string",
    "vault",
    {
      "values global": { enabled: false, tlsDisable: true },
      "values server enabled": "true",
    },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "tlsDisable true",
    "vault",
    { "values global tlsDisable": true },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "tlsDisable absent",
    "vault",
    { "values global": undefined },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "tlsDisable as a string, which a template takes for true",
    "vault",
    { "values global tlsDisable": "false" },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "dev mode",
    "vault",
    { "values server dev": { enabled: true } },
    `V05 ${V}, values.server.dev.enabled: ${DEV}`,
  )
  .bad(
    "the argument -dev",
    "vault",
    { "values server extraArgs": "-log-level=info -dev" },
    `V05 ${V}, values.server.extraArgs: ${DEV}`,
  )
  .bad(
    "the argument --dev=true",
    "vault",
    { "values server extraArgs": "--dev=true" },
    `V05 ${V}, values.server.extraArgs: ${DEV}`,
  )
  .bad(
    "the chart as an archive",
    "vault",
    { chart: ".local/charts/vault-0.34.1.tgz", "values global": {} },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "the chart from an OCI registry",
    "vault",
    { chart: "oci://charts.example.com/vault", "values global": {} },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "OpenBao's chart",
    "vault",
    { chart: "openbao", "values global": {} },
    `V03 Helm release "vault/vault" (chart openbao), values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "a renamed chart with Vault's values",
    "vault",
    { chart: "secrets", "values global": {} },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "a renamed chart, standalone",
    "vault",
    { chart: "secrets", values: { server: { standalone: { config: TLS } } } },
    `V03 ${V}, values.global.tlsDisable: ${TOLD}`,
  )
  .bad(
    "a listener in another chart's values",
    "vault",
    { "@name": "x", chart: "web", values: { files: { "a.hcl": PLAIN } } },
    'V01 Helm release "vault/x" (chart web), values.files["a.hcl"]: a listener has tls_disable on.',
  )
  .unknown("values that are an output", "vault", { values: UNKNOWN }, "values")
  .unknown("a configuration that is an output", "vault", { [RAFT]: UNKNOWN }, RAFT_PATH)
  .unknown(
    "a mode that is an output",
    "vault",
    { "values server ha enabled": UNKNOWN },
    "values.server.ha.enabled",
  )
  .unknown(
    "raft that is an output",
    "vault",
    { "values server ha raft enabled": UNKNOWN },
    "values.server.ha.raft.enabled",
  )
  .unknown(
    "tlsDisable that is an output",
    "vault",
    { "values global tlsDisable": UNKNOWN },
    "values.global.tlsDisable",
  );

const CONFIG_MAP: Fixture = {
  type: "kubernetes:core/v1:ConfigMap",
  name: "vault-config",
  props: {
    metadata: { name: "vault-config", namespace: "vault" },
    data: { "server.hcl": TLS, "README.md": "Never set `tls_disable = 1` in the listener." },
  },
};
const SECRET: Fixture = {
  type: "kubernetes:core/v1:Secret",
  name: "vault-config",
  props: {
    metadata: { name: "vault-config", namespace: "vault" },
    stringData: { "server.hcl": TLS },
    data: { "more.json": Buffer.from('{"listener":{"tcp":{"tls_disable":0}}}').toString("base64") },
  },
};
const POD: Fixture = {
  type: "kubernetes:apps/v1:StatefulSet",
  name: "vault",
  props: {
    metadata: { name: "vault", namespace: "vault" },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: "vault",
              image: "docker.io/hashicorp/vault:2.0.4",
              command: ["vault"],
              args: ["server", "-config=/vault/config"],
              env: [{ name: "VAULT_LOCAL_CONFIG", value: TLS }],
            },
          ],
        },
      },
    },
  },
};
const OPERATED: Fixture = {
  type: "kubernetes:vault.banzaicloud.com/v1alpha1:Vault",
  name: "vault",
  props: {
    metadata: { name: "vault", namespace: "vault" },
    spec: { config: { listener: { tcp: { tls_cert_file: "/vault/tls/tls.crt" } } } },
  },
};
const C = 'ConfigMap "vault/vault-config"';
const TEXT = "the text configures a Vault listener with tls_disable on.";
const P = 'StatefulSet "vault/vault", spec.template.spec.containers[0]';
const RUNS = "the container runs Vault with a plaintext listener.";
const NO_HCL = "the Vault configuration cannot be read as HCL or JSON.";
const CONTAINER = "spec template spec containers 0";

const config = new Cases(vaultConfigTls, {
  map: CONFIG_MAP,
  secret: SECRET,
  pod: POD,
  operated: OPERATED,
})
  .good("prose with the words", "map", {
    "data note": "listener: tls_disable = 1, says the tutorial.",
  })
  .good("a mention in an annotation", "map", { "metadata annotations": { note: PLAIN } })
  .good("a configuration of something else", "map", {
    "data app.hcl": 'service "web" {\n  tls_disable = 1\n}',
  })
  .good("a file that only mentions a listener", "map", { "data app.json": "a listener, { broken" })
  .bad(
    "a plaintext listener",
    "map",
    { "data server.hcl": PLAIN },
    `V04 ${C}, data["server.hcl"]: ${TEXT}`,
  )
  .bad(
    "under any key",
    "map",
    { "data x": `{"LISTENER":[{"tcp":{"tls_disable":"1"}}]}` },
    `V04 ${C}, data.x: ${TEXT}`,
  )
  .bad(
    "a value that Vault refuses",
    "map",
    { "data server.hcl": PLAIN.replace("1", '"on"') },
    `V04 ${C}, data["server.hcl"]: ${UNREADABLE}`,
  )
  .bad(
    "a file that claims to be one but is broken",
    "map",
    { "data server.hcl": `${PLAIN}}` },
    `V04 ${C}, data["server.hcl"]: ${NO_HCL}`,
  )
  .bad(
    "in a script",
    "map",
    { "data run.sh": `#!/bin/sh\ncat > /tmp/c.hcl <<EOF\n${PLAIN}EOF\nvault server\n` },
    `V04 ${C}, data["run.sh"]: ${TEXT}`,
  )
  .bad(
    "as binary data",
    "map",
    { "binaryData x": Buffer.from(PLAIN).toString("base64") },
    `V04 ${C}, binaryData.x: ${TEXT}`,
  )
  .bad(
    "in a Secret",
    "secret",
    { "stringData server.hcl": PLAIN },
    `V04 Secret "vault/vault-config", stringData["server.hcl"]: ${TEXT}`,
  )
  .bad(
    "in a Secret's base64",
    "secret",
    { "data x": Buffer.from(PLAIN).toString("base64") },
    `V04 Secret "vault/vault-config", data.x: ${TEXT}`,
  )
  .bad(
    "in a list",
    "map",
    {
      "@type": "kubernetes:core/v1:ConfigMapList",
      items: [{ metadata: { name: "a", namespace: "vault" }, data: { x: PLAIN } }],
    },
    `V04 ConfigMap "vault/a", items[0].data.x: ${TEXT}`,
  )
  .good("TLS in dev mode", "pod", { [`${CONTAINER} args`]: ["server", "-dev", "-dev-tls"] })
  .good("an agent", "pod", { [`${CONTAINER} args`]: undefined })
  .good("another image without arguments", "pod", {
    [CONTAINER]: { name: "web", image: "docker.io/library/vault-exporter:1.0" },
  })
  .good("another program's -dev", "pod", {
    [CONTAINER]: { image: "x:1", command: ["npm", "install", "-dev"] },
  })
  .bad(
    "a variable",
    "pod",
    { [`${CONTAINER} env 0 value`]: '{"listener":{"tcp":{"tls_disable":true}}}' },
    `V05 ${P}.env[0].value: ${RUNS}`,
  )
  .bad(
    "a broken variable",
    "pod",
    { [`${CONTAINER} env 0 value`]: "{" },
    `V05 ${P}.env[0].value: ${NO_HCL}`,
  )
  .bad(
    "a variable in Helm values",
    "pod",
    {
      "@type": "kubernetes:helm.sh/v3:Release",
      values: { server: { extraEnvironmentVars: { VAULT_LOCAL_CONFIG: PLAIN } } },
    },
    `V05 Helm release "vault" (chart vault), values.server.extraEnvironmentVars.VAULT_LOCAL_CONFIG: ${RUNS}`,
  )
  .bad(
    "a heredoc on the command line",
    "pod",
    {
      [`${CONTAINER} args`]: [
        "-c",
        `cat > c.hcl <<'X'\n${PLAIN}X\nexec vault server -config c.hcl`,
      ],
    },
    `V05 ${P}.args[1]: ${RUNS}`,
  )
  .bad(
    "dev mode",
    "pod",
    { [`${CONTAINER} args`]: ["server", "-dev"] },
    `V05 ${P}.args: the command line starts a Vault dev server.`,
  )
  .bad(
    "dev mode in a shell",
    "pod",
    { [`${CONTAINER} args`]: ["sh", "-c", "vault server --dev=true"] },
    `V05 ${P}.args: the command line starts a Vault dev server.`,
  )
  .bad(
    "the image's own default",
    "pod",
    { [CONTAINER]: { image: "hashicorp/vault:2.0.4" } },
    `V05 ${P}.args: the image starts a Vault dev server when no arguments are given.`,
  )
  .bad(
    "an init container",
    "pod",
    {
      "spec template spec initContainers": [{ image: "openbao/openbao" }],
    },
    'V05 StatefulSet "vault/vault", spec.template.spec.initContainers[0].args: the image starts a Vault dev server when no arguments are given.',
  )
  .unknown(
    "a variable that is an output",
    "pod",
    { [`${CONTAINER} env 0 value`]: UNKNOWN },
    "spec.template.spec.containers[0].env[0].value",
  )
  .good("an operated Vault without configuration", "operated", { "spec config": undefined })
  .good("another kind of that operator", "operated", {
    "@type": "kubernetes:vault.banzaicloud.com/v1alpha1:Other",
    "spec config listener tcp tls_disable": true,
  })
  .good("a Vault of another API", "operated", {
    "@type": "kubernetes:example.com/v1:Vault",
    "spec config listener tcp tls_disable": true,
  })
  .bad(
    "an operated Vault",
    "operated",
    { "spec config listener tcp tls_disable": true },
    'V06 Vault "vault/vault", spec.config: the Vault resource configures a listener with tls_disable on.',
  )
  .bad(
    "an operated Vault with a text",
    "operated",
    { "spec config": PLAIN },
    'V06 Vault "vault/vault", spec.config: the Vault resource configures a listener with tls_disable on.',
  )
  .bad(
    "an operated Vault with a number",
    "operated",
    { "spec config": 7 },
    `V06 Vault "vault/vault", spec.config: ${NO_HCL}`,
  )
  .unknown(
    "an operated Vault's configuration that is an output",
    "operated",
    { "spec config": UNKNOWN },
    "spec.config",
  );

const PROVIDER: Fixture = {
  type: "pulumi:providers:vault",
  name: "vault",
  props: { address: "https://127.0.0.1:18200", skipTlsVerify: "false" },
};
const STORE: Fixture = {
  type: "kubernetes:external-secrets.io/v1:SecretStore",
  name: "vault-backend",
  props: {
    metadata: { name: "vault-backend", namespace: "shlink" },
    spec: { provider: { vault: { server: "https://vault.vault.svc:8200", path: "secret" } } },
  },
};
const GENERATOR: Fixture = {
  type: "kubernetes:generators.external-secrets.io/v1alpha1:VaultDynamicSecret",
  name: "pki",
  props: {
    metadata: { name: "pki", namespace: "shlink" },
    spec: { provider: { server: "https://vault.vault.svc:8200" } },
  },
};
const CLIENT: Fixture = {
  type: "kubernetes:apps/v1:Deployment",
  name: "unsealer",
  props: {
    metadata: { name: "unsealer", namespace: "vault" },
    spec: {
      template: {
        metadata: { annotations: { "vault.hashicorp.com/service": "https://vault:8200" } },
        spec: {
          containers: [
            {
              name: "unsealer",
              image: "docker.io/library/node:24.21.0-slim",
              env: [
                { name: "VAULT_ADDR", value: "https://vault-0.vault-internal:8200" },
                { name: "HOMEPAGE", value: "http://example.com" },
                { name: "VAULT_TOKEN_FILE", valueFrom: { secretKeyRef: {} } },
              ],
            },
          ],
        },
      },
    },
  },
};
const D = 'Deployment "vault/unsealer", spec.template';
const NO_TLS = "a client of Vault is given an address without TLS.";
const NO_CHECK = "the client does not verify Vault's certificate.";
const CLIENT_ENV = "spec template spec containers 0 env 0";
const SERVER = "the secret store does not reach Vault by https.";
const STORE_PATH = 'SecretStore "shlink/vault-backend", spec.provider.vault.server';

const client = new Cases(vaultClientTls, {
  provider: PROVIDER,
  store: STORE,
  generator: GENERATOR,
  client: CLIENT,
  map: CONFIG_MAP,
  release: VAULT,
})
  .good("another provider", "provider", {
    "@type": "pulumi:providers:postgresql",
    address: "http://x",
  })
  .bad(
    "http",
    "provider",
    { address: "http://127.0.0.1:18200" },
    'V07 pulumi:providers:vault "vault", address: the vault provider does not use https.',
  )
  .bad(
    "no address",
    "provider",
    { address: undefined },
    'V07 pulumi:providers:vault "vault", address: the address is left to the environment.',
  )
  .bad(
    "no verification",
    "provider",
    { skipTlsVerify: "true" },
    `V10 pulumi:providers:vault "vault", skipTlsVerify: ${NO_CHECK}`,
  )
  .unknown("an address that is an output", "provider", { address: UNKNOWN }, "address")
  .good("a store of another provider", "store", { "spec provider": { kubernetes: {} } })
  .good("something else of that operator", "store", {
    "@type": "kubernetes:external-secrets.io/v1:ExternalSecret",
    spec: {},
  })
  .good("a store of another API", "store", {
    "@type": "kubernetes:example.com/v1:SecretStore",
    "spec provider vault server": "http://x",
  })
  .bad(
    "a store by http",
    "store",
    { "spec provider vault server": "http://vault:8200" },
    `V08 ${STORE_PATH}: ${SERVER}`,
  )
  .bad(
    "a store by HTTP",
    "store",
    { "spec provider vault server": " HTTP://[::1]:8200" },
    `V08 ${STORE_PATH}: ${SERVER}`,
  )
  .bad(
    "a store without scheme",
    "store",
    { "spec provider vault server": "vault:8200" },
    `V08 ${STORE_PATH}: ${SERVER}`,
  )
  .bad(
    "a store without server",
    "store",
    { "spec provider vault server": undefined },
    `V08 ${STORE_PATH}: the store names no server.`,
  )
  .bad(
    "a cluster-wide store",
    "store",
    {
      "@type": "kubernetes:external-secrets.io/v1beta1:ClusterSecretStore",
      "spec provider vault server": "http://vault:8200",
    },
    `V08 ClusterSecretStore "shlink/vault-backend", spec.provider.vault.server: ${SERVER}`,
  )
  .bad(
    "a generator by http",
    "generator",
    { "spec provider server": "http://vault:8200" },
    `V08 VaultDynamicSecret "shlink/pki", spec.provider.server: ${SERVER}`,
  )
  .unknown(
    "a server that is an output",
    "store",
    { "spec provider vault server": UNKNOWN },
    "spec.provider.vault.server",
  )
  .good("a unix socket", "client", { [`${CLIENT_ENV} value`]: "unix:///run/agent.sock" })
  .bad(
    "a variable with http",
    "client",
    { [`${CLIENT_ENV} value`]: "http://vault:8200" },
    `V09 ${D}.spec.containers[0].env[VAULT_ADDR]: ${NO_TLS}`,
  )
  .bad(
    "a variable that skips verification",
    "client",
    { [CLIENT_ENV]: { name: "VAULT_SKIP_VERIFY", value: "1" } },
    `V10 ${D}.spec.containers[0].env[VAULT_SKIP_VERIFY]: ${NO_CHECK}`,
  )
  .good("a variable that does not skip it", "client", {
    [CLIENT_ENV]: { name: "VAULT_SKIP_VERIFY", value: "false" },
  })
  .bad(
    "an annotation with http",
    "client",
    {
      "spec template metadata annotations": { "vault.hashicorp.com/service": "http://vault:8200" },
    },
    `V09 ${D}.metadata.annotations["vault.hashicorp.com/service"]: ${NO_TLS}`,
  )
  .bad(
    "an annotation that skips verification",
    "client",
    {
      "spec template metadata annotations": { "vault.hashicorp.com/tls-skip-verify": "true" },
    },
    `V10 ${D}.metadata.annotations["vault.hashicorp.com/tls-skip-verify"]: ${NO_CHECK}`,
  )
  .good("no annotations", "client", { "spec template metadata": undefined })
  .unknown(
    "a variable that is an output",
    "client",
    { [`${CLIENT_ENV} value`]: UNKNOWN },
    "spec.template.spec.containers[0].env[0].value",
  )
  .good("addresses with https", "map", {
    "data server.hcl": `${TLS}api_addr = "https://vault:8200"`,
  })
  .bad(
    "api_addr",
    "map",
    { "data server.hcl": `${TLS}API_ADDR = "http://vault:8200"` },
    `V09 ${C}, data["server.hcl"]: the configuration's api_addr is an address without TLS.`,
  )
  .bad(
    "a peer to join",
    "map",
    {
      "data server.hcl":
        'storage "raft" {\n retry_join {\n leader_api_addr = "http://vault-0:8200"\n }\n}',
    },
    `V09 ${C}, data["server.hcl"]: the configuration's leader_api_addr is an address without TLS.`,
  )
  .good("a storage behind http", "map", {
    "data server.hcl": 'storage "consul" {\n address = "http://127.0.0.1:8500"\n}',
  })
  .bad(
    "an agent's address",
    "map",
    { "data agent.hcl": 'vault {\n address = "http://vault:8200"\n}' },
    `V09 ${C}, data["agent.hcl"]: the agent's configuration names a Vault address without TLS.`,
  )
  .good("an agent with https", "map", {
    "data agent.hcl":
      'vault {\n address = "https://vault:8200"\n tls_skip_verify = false\n ca = "http://x"\n}',
  })
  .bad(
    "an agent that skips verification",
    "map",
    { "data agent.hcl": "vault {\n tls_skip_verify = true\n}" },
    `V10 ${C}, data["agent.hcl"]: ${NO_CHECK}`,
  )
  .bad(
    "an agent with an unclear switch",
    "map",
    { "data agent.hcl": 'vault {\n tls_skip_verify = "yes"\n}' },
    `V10 ${C}, data["agent.hcl"]: ${NO_CHECK}`,
  )
  .good("variables in values", "release", {
    "values server extraEnvironmentVars": { VAULT_ADDR: "https://x", VAULT_SKIP_VERIFY: "0" },
  })
  .bad(
    "a variable in a map of values",
    "release",
    { "values server extraEnvironmentVars": { VAULT_API_ADDR: "http://x" } },
    `V09 ${V}, values.server.extraEnvironmentVars.VAULT_API_ADDR: ${NO_TLS}`,
  )
  .bad(
    "a variable in a list of values",
    "release",
    { "values env": [{ name: "VAULT_ADDR", value: "http://x" }] },
    `V09 ${V}, values.env[0].value: ${NO_TLS}`,
  )
  .bad(
    "verification skipped in values",
    "release",
    { "values env": { VAULT_SKIP_VERIFY: true } },
    `V10 ${V}, values.env.VAULT_SKIP_VERIFY: ${NO_CHECK}`,
  )
  .bad(
    "annotations in values",
    "release",
    {
      "values podAnnotations": {
        "vault.hashicorp.com/service": "http://x",
        "vault.hashicorp.com/tls-skip-verify": "true",
      },
    },
    `V09 ${V}, values.podAnnotations["vault.hashicorp.com/service"]: ${NO_TLS}`,
    `V10 ${V}, values.podAnnotations["vault.hashicorp.com/tls-skip-verify"]: ${NO_CHECK}`,
  )
  .good("a variable by reference in values", "release", {
    "values env": [{ name: "VAULT_ADDR", valueFrom: {} }],
  })
  .good("a variable's map in values", "release", { "values VAULT_ADDR": { from: "x" } })
  .good("an empty external address", "release", { "values global externalVaultAddr": "" })
  .good("an external address with https", "release", {
    "values global externalVaultAddr": "https://vault.example.com",
  })
  .bad(
    "an external address with http",
    "release",
    { "values injector externalVaultAddr": "http://vault.example.com" },
    `V09 ${V}, values.injector.externalVaultAddr: ${NO_TLS}`,
  )
  .bad(
    "api_addr in the chart's configuration",
    "release",
    { [RAFT]: `${TLS}api_addr = "http://x:8200"` },
    `V09 ${V}, ${RAFT_PATH}: the configuration's api_addr is an address without TLS.`,
  )
  .unknown(
    "a variable in values that is an output",
    "release",
    { "values env": { VAULT_ADDR: UNKNOWN } },
    "values.env.VAULT_ADDR",
  );

const HIDES = "the release takes values that are not in this program.";
const hidden = new Cases(hiddenChanges, {
  release: VAULT,
  gateway: GATEWAY,
  provider: PROVIDER,
  deployment: CLIENT,
})
  .good("false switches", "release", { reuseValues: false, postrender: "" })
  .good("an ignored input that no policy reads", "release", {
    "@opts": { ignoreChanges: ["timeout", "values2"] },
  })
  .good("an ignored input of an unwatched kind", "deployment", {
    "@opts": { ignoreChanges: ["spec.replicas"] },
  })
  .good("an ignored neighbour", "gateway", {
    "@opts": { ignoreChanges: ["spec.selector", "metadata.annotations"] },
  })
  .bad("reused values", "release", { reuseValues: true }, `S08 ${V}, reuseValues: ${HIDES}`)
  .bad("a post-renderer", "release", { postrender: "/bin/patch" }, `S08 ${V}, postrender: ${HIDES}`)
  .bad(
    "ignored values",
    "release",
    { "@opts": { ignoreChanges: ["values.server.ha.raft.config"] } },
    'S09 kubernetes:helm.sh/v3:Release "vault", values: ignoreChanges covers values, which the required policies read.',
  )
  .bad(
    "ignored servers",
    "gateway",
    { "@opts": { ignoreChanges: ["spec"] } },
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.servers: ignoreChanges covers spec.servers, which the required policies read.',
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.listeners: ignoreChanges covers spec.listeners, which the required policies read.',
  )
  .bad(
    "ignored hosts",
    "gateway",
    { "@opts": { ignoreChanges: ['spec["servers"][*].hosts'] } },
    'S09 kubernetes:networking.istio.io/v1:Gateway "public", spec.servers: ignoreChanges covers spec.servers, which the required policies read.',
  )
  .bad(
    "everything ignored",
    "provider",
    { "@opts": { ignoreChanges: ["*"] } },
    'S09 pulumi:providers:vault "vault", address: ignoreChanges covers address, which the required policies read.',
    'S09 pulumi:providers:vault "vault", skipTlsVerify: ignoreChanges covers skipTlsVerify, which the required policies read.',
  )
  .unknown("a switch that is an output", "release", { reuseValues: UNKNOWN }, "reuseValues");

export const required: Suite[] = [istio, kubernetes, values, server, config, client, hidden];
