#!/usr/bin/env bash
# @kubernetes/client-node 1.4.0 sends a custom resource definition without its `x-kubernetes-` fields, and says nothing.
#
# KubernetesObjectApi takes any object as kubectl would, but serializes kinds that the library has a model of through
# that model, where those fields have names of their own (x_kubernetes_preserve_unknown_fields). A field under the name
# of the manifest is dropped: the API server then prunes what the definition meant to keep. Seen on 2026-11-28, for
# spec: { type: object, x-kubernetes-preserve-unknown-fields: true }
#   PATCH (server-side apply)   sent {"type":"object"}
#   POST                        sent {"type":"object"}
# A kind without a model is sent as it is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @kubernetes/client-node@1.4.0 >/dev/null
cat >send.mjs <<'JS'
import { createServer } from "node:http";
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from "@kubernetes/client-node";

const kept = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: kept } } },
      },
    ],
  },
};
const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a" }, spec: kept };
const resource = (name, kind) => ({ name, kind, namespaced: false, verbs: ["create", "patch"] });
const answers = {
  "/apis/apiextensions.k8s.io/v1": [resource("customresourcedefinitions", definition.kind)],
  "/apis/example.com/v1": [resource("widgets", widget.kind)],
};
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  response.setHeader("content-type", "application/json");
  const resources = answers[request.url];
  if (resources !== undefined) return response.end(JSON.stringify({ resources }));
  const { kind, spec } = JSON.parse(text);
  const sent = spec.versions?.[0].schema.openAPIV3Schema.properties.spec ?? spec;
  console.log(request.method, kind, JSON.stringify(sent));
  response.end(text);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const config = new KubeConfig();
const address = `http://127.0.0.1:${server.address().port}`;
config.loadFromClusterAndUser({ name: "a", skipTLSVerify: true, server: address }, { name: "a" });
const objects = KubernetesObjectApi.makeApiClient(config);
const apply = PatchStrategy.ServerSideApply;
await objects.patch(definition, undefined, undefined, "me", true, apply);
await objects.create(definition);
await objects.create(widget);
server.close();
JS
node send.mjs | tee sent
diff - sent <<'SENT'
PATCH CustomResourceDefinition {"type":"object"}
POST CustomResourceDefinition {"type":"object"}
POST Widget {"type":"object","x-kubernetes-preserve-unknown-fields":true}
SENT
echo "as described"
