import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { upstreamAnswers, upstreams } from "../../../local/supply/upstream.ts";

const answering =
  (status: (address: string) => number, asked: string[] = []): typeof fetch =>
  (url) => {
    const address = url instanceof Request ? url.url : String(url);
    asked.push(address);
    return Promise.resolve(new Response(null, { status: status(address) }));
  };

describe("upstreams", () => {
  it("are one address for each registry, and Docker Hub's is at its own host", () => {
    assert.deepEqual(
      upstreams(
        ["registry.k8s.io/pause:3.10", "docker.io/library/redis:7", "docker.io/library/node:24"],
        ["https://charts.example.com/stable", "oci://registry.k8s.io/charts"],
      ),
      [
        "https://registry.k8s.io/v2/",
        "https://registry-1.docker.io/v2/",
        "https://charts.example.com/stable/index.yaml",
      ],
    );
  });

  it("are there when each answers or asks for a login, each asked once", async () => {
    const asked: string[] = [];
    const status = (address: string) => (address.endsWith("/v2/") ? 401 : 200);
    const all = ["https://a.io/v2/", "https://b.io/index.yaml"];
    assert.equal(await upstreamAnswers(all, answering(status, asked)), true);
    assert.deepEqual(asked, all);
  });

  it("are away when a proxy refuses a single one", async () => {
    for (const refusal of [403, 404, 502]) {
      const status = (address: string) => (address.includes("b.io") ? refusal : 200);
      const all = ["https://a.io/v2/", "https://b.io/v2/", "https://c.io/v2/"];
      assert.equal(await upstreamAnswers(all, answering(status)), false);
    }
  });

  it("are away when a name is unknown, and when all together take too long", async () => {
    const failing: typeof fetch = () => Promise.reject(new TypeError("fetch failed"));
    assert.equal(await upstreamAnswers(["https://a.io/v2/"], failing), false);
    const silent: typeof fetch = (_, options) =>
      new Promise((_resolve, reject) =>
        options?.signal?.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    const begun = Date.now();
    const many = Array.from({ length: 20 }, (_, index) => `https://${index}.io/v2/`);
    assert.equal(await upstreamAnswers(many, silent, 50), false);
    assert.ok(Date.now() - begun < 1_000);
  });
});
