import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createLogger } from "../../../../local/substitutes/shlink/logger.ts";
import { stopServer } from "../../../../local/substitutes/shlink/server.ts";

describe("Shlink's log", () => {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);

  it("is wrapped by RoadRunner, which calls everything INFO", () => {
    createLogger(true, write).log("Shlink", "ERROR", "it broke", "id-1");
    const { M, T, ...rest } = JSON.parse(lines.pop() ?? "") as Record<string, string>;
    assert.deepEqual(rest, { L: "INFO", N: "server" });
    assert.match(T ?? "", /^\d{4}-.*Z$/);
    const { level_name, message, extra } = JSON.parse(M ?? "") as Record<string, unknown>;
    assert.deepEqual([level_name, message, extra], ["ERROR", "it broke", { request_id: "id-1" }]);
  });

  it("has the same in columns without JSON", () => {
    createLogger(false, write).log("Access", "INFO", "GET / 404");
    assert.match(
      lines.pop() ?? "",
      /^\S+Z\tINFO\tserver\t\[.*\] \[-\] Access\.INFO - GET \/ 404\n$/,
    );
  });
});

describe("Shlink's stop", () => {
  it("takes no more connections, and lasts thirty seconds", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const waits: number[] = [];
    await stopServer(server, (milliseconds) => {
      assert.equal(server.listening, false);
      return Promise.resolve(waits.push(milliseconds));
    });
    assert.deepEqual(waits, [30_000]);
  });
});
