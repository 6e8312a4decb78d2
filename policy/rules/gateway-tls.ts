/** What enters through a gateway is encrypted, by current protocols. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";

const PLAIN = new Set(["HTTP", "HTTP2", "GRPC", "GRPC-WEB", "TCP", "MONGO"]);

export const gatewayTls: Policy = {
  name: "gateway-tls",
  title: "Gateways speak TLS",
  description:
    "Public servers redirect plain HTTP and offer only TLS 1.2 or newer with a certificate.",
  severity: "high",
  tags: ["istio", "gateway-api", "tls"],
  checks: {
    I01: check(
      "the server speaks plain HTTP without redirecting to HTTPS",
      "API keys and visitors' addresses cross the Internet readable.",
      "Set the stack's routing TLS setting; it adds the HTTPS server and the redirect.",
    ),
    I03: check(
      "the server accepts TLS older than 1.2",
      "The old versions are broken.",
      "Remove minProtocolVersion or set TLSV1_2.",
    ),
    I04: check(
      "the server does not terminate or verify TLS as it should",
      "Optional or skipped verification lets anybody in that the setting was meant to keep out.",
      "Use SIMPLE or MUTUAL, and never insecureSkipVerify.",
    ),
    I05: check(
      "the HTTPS server names no certificate",
      "Istio then serves nothing, or what a file in the image holds.",
      "Set credentialName to the certificate's Secret in the gateway's namespace.",
    ),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      if (object.group === "networking.istio.io" && object.kind === "Gateway") {
        for (const server of object.root.at("spec.servers").items()) istioServer(server, judge);
      }
      if (object.group === "gateway.networking.k8s.io" && object.kind === "Gateway")
        listeners(object, judge);
      if (object.group === "networking.k8s.io" && object.kind === "Ingress" && !object.patch) {
        const tls = object.root.at("spec.tls");
        judge.when("I01", tls, () => tls.items().length === 0 && "the ingress has no TLS");
      }
    }
  },
};

function istioServer(server: Cursor, judge: Judge) {
  const protocol = server.at("port.protocol");
  const tls = server.get("tls");
  judge.when(
    "I01",
    protocol,
    (node) => PLAIN.has(node.text().toUpperCase()) && !tls.get("httpsRedirect").isTrue(),
  );
  judge.when("I03", tls.get("minProtocolVersion"), (node) => /^TLSV1_[01]$/.test(node.text()));
  judge.when("I04", tls.get("mode"), (node) => node.text() === "OPTIONAL_MUTUAL");
  judge.when("I04", tls.get("insecureSkipVerify"), (node) => node.isTrue());
  const needsCertificate =
    protocol.text().toUpperCase() === "HTTPS" && !/PASSTHROUGH/.test(tls.get("mode").text());
  const named = ["credentialName", "credentialNames", "serverCertificate"].some(
    (key) => !tls.get(key).absent,
  );
  if (needsCertificate && !named) judge.report("I05", tls);
}

function listeners({ root }: KubeObject, judge: Judge) {
  for (const listener of root.at("spec.listeners").items()) {
    judge.when("I01", listener.get("protocol"), (node) => node.text() === "HTTP");
    const certificates = listener.at("tls.certificateRefs");
    const terminates = listener.get("protocol").text() === "HTTPS";
    if (terminates && certificates.items().length === 0) judge.report("I05", certificates);
  }
}
