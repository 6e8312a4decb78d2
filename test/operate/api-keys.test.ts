import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { useApiServer } from "../support/api-server.ts";
import { runProgram, startProgram } from "../support/program.ts";

const apiKeys = (...args: string[]) => runProgram("operate/api-keys.ts", args);

describe("npm run api-keys", () => {
  const api = useApiServer();

  it("asks the primary, and says in a sentence that none runs", async () => {
    api.answers = { "GET /api/v1/namespaces/postgres/pods": { items: [] } };
    for (const ended of [
      await startProgram("operate/api-keys.ts", ["list"]),
      await apiKeys("disable", "a"),
      await apiKeys("list", "--context", "there"),
    ]) {
      const { code, stdout, stderr } = ended;
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^No primary of PostgreSQL runs.*\n$/);
    }
  });

  for (const args of [[], ["list", "a"], ["disable"], ["disable", "a", "b"], ["create", "a"]])
    it(`refuses "${args.join(" ")}" with its usage`, async () => {
      const { code, stderr } = await apiKeys(...args);
      assert.equal(code, 1);
      assert.match(stderr, /^\S.*\.\nUsage: npm run api-keys/);
    });
});
