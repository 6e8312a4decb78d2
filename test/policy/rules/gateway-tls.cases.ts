import { gatewayTls } from "../../../policy/rules/gateway-tls.ts";
import { GATEWAY, INGRESS, LISTENER } from "../support/fixtures/routes.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

export const suite = new Cases(gatewayTls, {
  gateway: GATEWAY,
  listener: LISTENER,
  ingress: INGRESS,
})
  .good("gateway", {
    "TLS passed through to the server": { "spec servers 1 tls": { mode: "PASSTHROUGH" } },
    "several certificates": { "spec servers 1 tls": { mode: "SIMPLE", credentialNames: ["a"] } },
    "a certificate file": { "spec servers 1 tls": { mode: "SIMPLE", serverCertificate: "/a" } },
    "a TLS server": {
      "spec servers 1 port protocol": "TLS",
      "spec servers 1 tls": { mode: "PASSTHROUGH" },
    },
    "a Gateway of another API": {
      "@type": "kubernetes:example.com/v1:Gateway",
      "spec servers 0 tls": undefined,
    },
  })
  .bad(
    "gateway",
    'I01 Gateway "shlink/public", spec.servers[0].port.protocol: the server speaks plain HTTP without redirecting to HTTPS.',
    {
      "plain HTTP": { "spec servers 0 tls": undefined },
      "plain http in lower case": {
        "spec servers 0 port protocol": "http",
        "spec servers 0 tls": undefined,
      },
    },
  )
  .bad(
    "gateway",
    'I03 Gateway "shlink/public", spec.servers[1].tls.minProtocolVersion: the server accepts TLS older than 1.2.',
    { "an old protocol": { "spec servers 1 tls minProtocolVersion": "TLSV1_1" } },
  )
  .bad(
    "gateway",
    'I04 Gateway "shlink/public", spec.servers[1].tls.mode: the server does not terminate or verify TLS as it should.',
    { "optional client certificates": { "spec servers 1 tls mode": "OPTIONAL_MUTUAL" } },
  )
  .bad(
    "gateway",
    'I04 Gateway "shlink/public", spec.servers[1].tls.insecureSkipVerify: the server does not terminate or verify TLS as it should.',
    { "no verification": { "spec servers 1 tls insecureSkipVerify": true } },
  )
  .bad(
    "gateway",
    'I05 Gateway "shlink/public", spec.servers[1].tls: the HTTPS server names no certificate.',
    { "no certificate": { "spec servers 1 tls": { mode: "SIMPLE" } } },
  )
  .unknown("gateway", "spec.servers[0].port.protocol", {
    "a protocol that is an output": { "spec servers 0 port protocol": UNKNOWN },
  })
  .good("listener", { "a TCP listener": { "spec listeners 0": { protocol: "TCP" } } })
  .bad(
    "listener",
    'I01 Gateway "shlink/edge", spec.listeners[0].protocol: the server speaks plain HTTP without redirecting to HTTPS.',
    { "a plain listener": { "spec listeners 0 protocol": "HTTP" } },
  )
  .bad(
    "listener",
    'I05 Gateway "shlink/edge", spec.listeners[0].tls.certificateRefs: the HTTPS server names no certificate.',
    { "a listener without certificate": { "spec listeners 0 tls": undefined } },
  )
  .good("ingress", {
    "a patch of something else": {
      "@type": "kubernetes:networking.k8s.io/v1:IngressPatch",
      spec: {},
    },
  })
  .bad("ingress", 'I01 Ingress "shlink/web", spec.tls: the ingress has no TLS.', {
    "an ingress without TLS": { "spec tls": undefined },
  });
