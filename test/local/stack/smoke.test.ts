import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { LocalError } from "../../../local/lib/failure.ts";
import { readApiKey } from "../../../local/stack/smoke.ts";
import { put, temporaryFolder } from "../images/temporary.ts";

describe("The API key that the smoke test uses", () => {
  let kubeconfig = "";
  let answer: [status: number, body: object] = [404, { kind: "Status" }];
  const server = createServer((_, response) => {
    response.writeHead(answer[0], { "content-type": "application/json" });
    response.end(JSON.stringify(answer[1]));
  });

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = {
      "current-context": "x",
      clusters: [{ name: "x", cluster: { server: address, "insecure-skip-tls-verify": true } }],
      users: [{ name: "x", user: {} }],
      contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    };
    kubeconfig = put(join(temporaryFolder(), "kubeconfig"), JSON.stringify(config));
  });
  after(() => server.close());

  it("is read from its Secret", async () => {
    const data = { "api-key": Buffer.from("key").toString("base64") };
    answer = [200, { apiVersion: "v1", kind: "Secret", data }];
    assert.equal(await readApiKey(kubeconfig), "key");
  });

  it("is missed in one sentence on a cluster that runs without the platform", async () => {
    answer = [404, { kind: "Status", message: 'secrets "shlink-secrets" not found' }];
    await assert.rejects(readApiKey(kubeconfig), (error) => {
      assert.ok(error instanceof LocalError);
      assert.match(error.message, /^The shortener's API key cannot be read: secrets .* make up/);
      return true;
    });
  });
});
