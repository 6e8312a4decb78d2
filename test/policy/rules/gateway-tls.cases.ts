import { gatewayTls } from "../../../policy/rules/gateway-tls.ts";
import { GATEWAY, INGRESS, LISTENER } from "../support/fixtures/routes.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(gatewayTls, {
  gateway: GATEWAY,
  listener: LISTENER,
  ingress: INGRESS,
})
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
