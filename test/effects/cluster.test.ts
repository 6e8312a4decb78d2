import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { after, beforeEach, describe, it } from "mocha";
import { kubernetes } from "../../effects/cluster.ts";
import { useApiServer } from "../support/api-server.ts";
import { noDemands, refusalOf } from "../support/demands.ts";

describe("Cluster.verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-verify-"));
  const api = useApiServer();

  beforeEach(() => {
    api.answers["GET /api/v1/namespaces"] = { kind: "NamespaceList", apiVersion: "v1", items: [] };
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const refusal = (context: string, chartFiles: string[] = []) =>
    refusalOf(
      kubernetes(() => Promise.resolve({ namespaces: {} })).verify({
        ...noDemands,
        context,
        namespaces: ["vault"],
        chartFiles,
      }),
    );

  it("refuses another context than the setting names, and says how to switch", async () => {
    const message = await refusal("there");
    assert.match(message, /context "there" \(setting cluster\.context\).* is "here"/);
    assert.match(message, /kubectl config use-context there\.$/);
  });

  it("lists the contexts there are when the kubeconfig lacks the named one", async () => {
    assert.match(await refusal("nowhere"), /the kubeconfig has here, there; set KUBECONFIG/);
  });

  it("takes no stack trace to say that the context leads to no cluster", async () => {
    writeFileSync(
      join(folder, "kubeconfig"),
      JSON.stringify({
        "current-context": "here",
        contexts: [{ name: "here", context: { cluster: "gone", user: "u" } }],
      }),
    );
    process.env["KUBECONFIG"] = join(folder, "kubeconfig");
    assert.match(
      await refusal("here"),
      /^The kubeconfig has no context "here", or none with a cluster: /,
    );
  });

  it("names the API server that does not answer", async () => {
    // Nothing listens on the port that no service may be given.
    api.useKubeconfig("http://127.0.0.1:1");
    assert.match(
      await refusal("here"),
      /^The Kubernetes API server at http:\/\/127\.0\.0\.1:1 \(context here\) cannot be used: .*ECONNREFUSED.*Start the cluster/,
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

describe("Cluster.changeVolumes", () => {
  const api = useApiServer();
  const set = "/apis/apps/v1/namespaces/vault/statefulsets/vault";
  const spec = { volumeClaimTemplates: [{ metadata: { name: "audit" } }] };

  /** What is changed in a cluster whose servers of Vault have a volume that nobody wants, in a preview or in an up. */
  async function changed(preview: boolean): Promise<string[]> {
    const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(mocks, "shlink-platform", "dev", preview);
    const items = [{ metadata: { name: "kube-system", uid: "u" } }];
    api.answers = {
      "GET /api/v1/namespaces": { items },
      [`GET ${set}`]: { spec },
      [`DELETE ${set}`]: {},
    };
    const cluster = kubernetes(() => Promise.resolve({ namespaces: {} }));
    await cluster.verify(noDemands);
    await cluster.changeVolumes();
    return api.calls.filter(({ method }) => method === "DELETE").map(({ path }) => path);
  }

  it("changes nothing in a preview", async () => {
    assert.deepEqual(await changed(true), []);
  });

  it("lets the set go without its pods in an up", async () => {
    assert.deepEqual(await changed(false), [set]);
  });
});

describe("What the program asks of the cluster", () => {
  const api = useApiServer();

  const isSentence = (sentence: string) => (error: unknown) => {
    assert.ok(error instanceof pulumi.RunError, String(error));
    assert.equal(error.message, sentence);
    return true;
  };

  it("is a Secret's data, decoded", async () => {
    const data = { password: Buffer.from("größer").toString("base64") };
    api.answers["GET /api/v1/namespaces/postgres/secrets/login"] = { data };
    assert.deepEqual(await kubernetes().secret("postgres", "login"), { password: "größer" });
  });

  it("is refused in one sentence where the Secret is not there", async () => {
    await assert.rejects(
      kubernetes().secret("postgres", "other"),
      isSentence("Secret postgres/other cannot be read: nothing here (HTTP 404)."),
    );
  });

  it("is a token for ten minutes and one audience", async () => {
    const path = "/api/v1/namespaces/vault/serviceaccounts/deployer/token";
    api.answers[`POST ${path}`] = { status: { token: "jwt" } };
    assert.equal(await kubernetes().accountToken("vault", "deployer", "the-vault"), "jwt");
    const sent = JSON.parse(api.calls.find((call) => call.path === path)?.body ?? "") as unknown;
    assert.deepEqual(sent, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences: ["the-vault"], expirationSeconds: 600 },
    });
  });

  it("is refused in one sentence where the account may not have one", async () => {
    await assert.rejects(
      kubernetes().accountToken("vault", "other", "the-vault"),
      isSentence("The account vault/other gets no token: nothing here (HTTP 404)."),
    );
  });
});
