import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { createServer, type RequestListener, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "mocha";
import { exchange, send } from "../../effects/http.ts";

/** A server that never takes a connection: its queue is full. */
const deaf = `
  const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    require("node:fs").writeSync(1, server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
  });`;

async function withDeafServer(work: (port: number) => Promise<void>): Promise<void> {
  const server = spawn(process.execPath, ["-e", deaf], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(server.stdout), "line")) as [string];
  const queued = [1, 2, 3, 4].map(() =>
    connect(Number(line), "127.0.0.1").on("error", () => undefined),
  );
  try {
    await Promise.all(queued.slice(0, 2).map((one) => once(one, "connect")));
    await work(Number(line));
  } finally {
    for (const one of queued) one.destroy();
    server.kill("SIGKILL");
  }
}

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

  it("ends where no connection comes about, as soon as where no answer does", () =>
    withDeafServer(async (port) => {
      const way = { request, options: { agent: false as const }, seconds: 0.5 };
      await assert.rejects(
        exchange(`http://127.0.0.1:${port}/`, way, undefined),
        /^Error: no answer in 0\.5 s$/,
      );
    }));
});
