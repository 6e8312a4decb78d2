import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "mocha";
import { type Ask, openApi, plainText } from "../../effects/api.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { useApiServer } from "../support/api-server.ts";

describe("A question to the API server", () => {
  const api = useApiServer();

  async function asked(
    listener: RequestListener,
    use: (ask: Ask) => Promise<unknown>,
    seconds?: number,
  ) {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    api.useKubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    try {
      return await use(await openApi(await readKubeconfig(), seconds));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  for (const text of ["<html>log in</html>", "null", '"yes"', ""])
    it(`is not answered where ${JSON.stringify(text)} comes, as of another server`, async () => {
      const answer = asked(
        (_, response) => response.end(text),
        (ask) => ask("/version"),
      );
      await assert.rejects(
        answer,
        /cannot be used: its answer is no JSON, as of a proxy or a page/,
      );
    });

  it("is not answered where the connection ends in the middle of the answer", async () => {
    const answer = asked(
      (_, response) => {
        response.writeHead(200, { "content-length": 100 }).write("{", () => response.destroy());
      },
      (ask) => ask("/version"),
    );
    await assert.rejects(answer, /: the connection was cut in the middle of the answer\. Start /);
  });

  it("ends where the server never does, whether it says nothing or a word now and then", async () => {
    const silent = asked(
      () => undefined,
      (ask) => ask("/version"),
      0.2,
    );
    await assert.rejects(silent, /cannot be used: no answer in 0\.2 s\. Start the cluster/);
    const slow = asked(
      (_, response) => {
        const talk = setInterval(() => response.write(" "), 20);
        response.once("close", () => clearInterval(talk));
      },
      (ask) => ask("/version"),
      0.5,
    );
    await assert.rejects(slow, /cannot be used: no whole answer in 2\.5 s\./);
  });

  it("is answered with whatever a pod behind a proxy path says, a log, and a refusal of each form", async () => {
    const texts: Record<string, [number, string]> = {
      "/api/v1/namespaces/a/pods/b/proxy/robots.txt": [200, "User-agent: *"],
      "/log": [200, "a\nb"],
      "/text": [404, "404 page not found\n"],
      "/page": [502, "<!doctype html>\n<p>no"],
    };
    await asked(
      ({ url = "" }, response) => {
        const [status, text] = texts[url] ?? [500, ""];
        response.writeHead(status).end(text);
      },
      async (ask) => {
        const said: [number, string | undefined][] = [];
        for (const path of Object.keys(texts)) {
          const accept = path === "/log" ? { accept: plainText } : undefined;
          const { status, body, date = "" } = await ask(path, accept);
          said.push([status, body.message]);
          assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000, date);
        }
        assert.deepEqual(said, [
          [200, "User-agent: *"],
          [200, "a\nb"],
          [404, "404 page not found"],
          [502, "a page of HTML"],
        ]);
      },
    );
  });
});
