import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { execute } from "../../effects/exec.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { useApiServer } from "../support/api-server.ts";

describe("A command in a container", () => {
  useApiServer();

  it("is refused in a sentence where the API server opens no way to it", async () => {
    const target = { namespace: "postgres", pod: "pg-0", container: "database" };
    await assert.rejects(
      execute(await readKubeconfig(), target, ["true"], { seconds: 5 }),
      /^Error: Nothing can be run in pod postgres\/pg-0: Unexpected server response: 404\.$/,
    );
  });
});
