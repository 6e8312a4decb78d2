import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "mocha";
import { LocalError } from "../../../local/lib/failure.ts";
import { Api, type KubeObject } from "../../../local/lib/kube.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

interface Request {
  method: string;
  url: string;
  type: string | undefined;
  body: string;
}

const resources = [
  { kind: "StorageClass", name: "storageclasses", namespaced: false },
  { kind: "CustomResourceDefinition", name: "customresourcedefinitions", namespaced: false },
  { kind: "Deployment", name: "deployments", namespaced: true },
];
const deployment: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "a", namespace: "b" },
};

describe("the API server", () => {
  let requests: Request[] = [];
  let answers: Record<string, [status: number, body: object]> = {};
  let api: Api;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = "", url = "" } = request;
      requests.push({ method, url, type: request.headers["content-type"], body });
      const known = /^\/apis\/[^/]+\/v1$/.test(url) ? { resources } : { kind: "Status" };
      const [status, content] = answers[url.split("?")[0] ?? ""] ?? [200, known];
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(content));
    });
  });

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const config = {
      "current-context": "x",
      clusters: [
        {
          name: "x",
          cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true },
        },
      ],
      users: [{ name: "x", user: {} }],
      contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    };
    api = new Api(put(join(temporaryFolder(), "kubeconfig"), JSON.stringify(config)));
  });
  after(() => server.close());
  beforeEach(() => {
    [requests, answers] = [[], {}];
  });

  it("gets an object as it is, though the library's model names some fields otherwise", async () => {
    const definition: KubeObject = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "a" },
      spec: { schema: { "x-kubernetes-preserve-unknown-fields": true, default: {}, $ref: "#" } },
    };
    await api.apply(definition);
    const sent = requests.at(-1);
    assert.deepEqual(JSON.parse(sent?.body ?? ""), definition);
    assert.equal(sent?.method, "PATCH");
    assert.equal(sent.type, "application/apply-patch+yaml");
    assert.equal(
      sent.url,
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a?fieldManager=shlink-local&force=true",
    );
  });

  it("is asked for the plural of a kind, which no rule of English gives", async () => {
    await api.apply({
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local" },
    });
    assert.match(
      requests.at(-1)?.url ?? "",
      /^\/apis\/storage\.k8s\.io\/v1\/storageclasses\/local/,
    );
  });

  it("that refuses an object is quoted in one sentence", async () => {
    const path = "/apis/apps/v1/namespaces/b/deployments/a";
    answers[path] = [422, { kind: "Status", message: "no selector" }];
    await assert.rejects(api.apply(deployment), (error) => {
      assert.ok(error instanceof LocalError);
      assert.equal(error.message, "The API server refused Deployment a: no selector");
      return true;
    });
  });

  it("says whether a condition is true, and no for an object that is not there", async () => {
    const path = "/apis/apps/v1/namespaces/b/deployments/a";
    const conditions = [
      { type: "Available", status: "True" },
      { type: "Progressing", status: "False" },
    ];
    answers[path] = [200, { ...deployment, status: { conditions } }];
    assert.equal(await api.hasCondition(deployment, "Available"), true);
    assert.equal(await api.hasCondition(deployment, "Progressing"), false);
    answers[path] = [404, { kind: "Status" }];
    assert.equal(await api.hasCondition(deployment, "Available"), false);
  });

  it("is answering before it is ready", async () => {
    answers["/readyz"] = answers["/livez"] = [500, {}];
    assert.deepEqual([await api.isAnswering(), await api.isServing()], [true, false]);
    answers["/readyz"] = [200, {}];
    assert.equal(await api.isServing(), true);
  });
});
