import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { after, before, beforeEach, describe, it } from "mocha";
import { kubernetes } from "../../outside/cluster.ts";
import { ownershipLabel } from "../../components/namespaces/index.ts";

interface Namespace {
  metadata: { name: string; labels?: Record<string, string> };
}

describe("Cluster.verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-verify-"));
  const previous = process.env["KUBECONFIG"];
  let namespaces: Namespace[] = [];
  let apiServer: Server;
  let address = "";

  before(async () => {
    apiServer = createServer((request, response) => {
      assert.equal(request.url, "/api/v1/namespaces");
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ kind: "NamespaceList", apiVersion: "v1", items: namespaces }));
    });
    await new Promise<void>((resolve) => apiServer.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(apiServer.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    namespaces = [];
    useKubeconfig(address);
  });

  after(() => {
    apiServer.close();
    if (previous === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = previous;
    rmSync(folder, { recursive: true });
  });

  function useKubeconfig(server: string): void {
    const file = join(folder, "kubeconfig");
    const config = {
      "current-context": "here",
      contexts: ["here", "there"].map((name) => ({ name, context: { cluster: "c", user: "u" } })),
      clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
      users: [{ name: "u", user: {} }],
    };
    writeFileSync(file, JSON.stringify(config));
    process.env["KUBECONFIG"] = file;
  }

  /** Pulumi shows a RunError as its message alone, any other error with its stack. */
  async function refusal(context: string, files: string[] = []): Promise<string> {
    const error: unknown = await kubernetes()
      .verify(context, ["vault"], files)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    assert.ok(error instanceof pulumi.RunError, String(error));
    assert.ok(!error.message.includes("\n"), error.message);
    return error.message;
  }

  it("accepts a cluster without our namespaces, with ours, and with others", async () => {
    await kubernetes().verify("here", ["vault"], []);
    namespaces = [
      { metadata: { name: "vault", labels: ownershipLabel } },
      { metadata: { name: "somebody-else" } },
    ];
    await kubernetes().verify("here", ["vault"], []);
  });

  it("refuses a namespace of the same name that is not ours, and says how to hand it over", async () => {
    const [label, value] = Object.entries(ownershipLabel)[0] as [string, string];
    for (const labels of [undefined, { [label]: "another" }]) {
      namespaces = [{ metadata: { name: "vault", ...(labels && { labels }) } }];
      const message = await refusal("here");
      assert.match(message, /^Namespace vault already exists in context here /);
      assert.ok(message.includes(`kubectl label namespace vault ${label}=${value}`), message);
    }
  });

  it("refuses another context than the setting names, and says how to switch", async () => {
    const message = await refusal("there");
    assert.match(message, /context "there" \(setting cluster\.context\).* is "here"/);
    assert.match(message, /kubectl config use-context there\.$/);
  });

  it("lists the contexts there are when the kubeconfig lacks the named one", async () => {
    assert.match(await refusal("nowhere"), /the kubeconfig has here, there; set KUBECONFIG/);
  });

  it("names the API server that does not answer", async () => {
    // Nothing listens on the port that no service may be given.
    useKubeconfig("http://127.0.0.1:1");
    assert.match(
      await refusal("here"),
      /^The Kubernetes API server at http:\/\/127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*Start the cluster/,
    );
  });

  it("names the chart version that the mirror lacks", async () => {
    const there = join(folder, "there-1.0.0.tgz");
    writeFileSync(there, "");
    const missing = join(folder, "vault-9.9.9.tgz");
    const message = await refusal("here", [there, missing]);
    assert.ok(
      message.startsWith(`The chart mirror (setting charts.mirror) lacks ${missing}:`),
      message,
    );
  });
});
