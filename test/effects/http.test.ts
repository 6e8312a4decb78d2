import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "mocha";
import { send } from "../../effects/http.ts";

async function answered(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await send(`http://127.0.0.1:${port}/`, { method: "GET" }, { servername: "here" });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("A question through a tunnel", () => {
  it("is answered with JSON, or with an empty object where a proxy sends a page", async () => {
    const json = await answered((_, response) => response.end('{"a":1}'));
    assert.deepEqual(json, { status: 200, body: { a: 1 } });
    const page = await answered((_, response) => response.writeHead(502).end("<html>"));
    assert.deepEqual(page, { status: 502, body: {} });
  });

  it("has a reason instead of an answer where the connection ends in the middle of it", async () => {
    const cut = await answered((_, response) => {
      response.writeHead(200, { "content-length": 100 }).write('{"a":', () => response.destroy());
    });
    assert.deepEqual(cut, {
      status: 0,
      body: {},
      failure: "the connection was cut in the middle of the answer",
    });
  });
});
