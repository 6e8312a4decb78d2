import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { registryAnswers, registryOf } from "../../../local/images/upstream.ts";

const answering =
  (status: number, asked: string[] = []): typeof fetch =>
  (url) => {
    asked.push(url instanceof Request ? url.url : String(url));
    return Promise.resolve(new Response(null, { status }));
  };

describe("upstream registry", () => {
  it("is asked at the host in the image's name, and at Docker Hub's own host", async () => {
    const asked: string[] = [];
    await registryAnswers("registry.k8s.io/pause:3.10", answering(200, asked));
    assert.deepEqual(asked, ["https://registry.k8s.io/v2/"]);
    assert.equal(registryOf("docker.io/library/redis:7.0.15"), "registry-1.docker.io");
  });

  it("counts as there when it answers or asks for a login, not when a proxy refuses", async () => {
    const answers = [200, 401, 403, 502].map((status) =>
      registryAnswers("x.io/y:1", answering(status)),
    );
    assert.deepEqual(await Promise.all(answers), [true, true, false, false]);
  });

  it("counts as away when the name is unknown, or when it takes too long", async () => {
    const failing: typeof fetch = () => Promise.reject(new TypeError("fetch failed"));
    assert.equal(await registryAnswers("x.io/y:1", failing), false);
    const silent: typeof fetch = (_, options) =>
      new Promise((_resolve, reject) =>
        options?.signal?.addEventListener("abort", () => reject(new Error("aborted"))),
      );
    assert.equal(await registryAnswers("x.io/y:1", silent, 20), false);
  });
});
