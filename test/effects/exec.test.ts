import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { execute } from "../../effects/exec.ts";
import { readKubeconfig } from "../../effects/kubeconfig.ts";
import { useApiServer } from "../support/api-server.ts";

describe("A command in a container", () => {
  const api = useApiServer();

  it("is refused in a sentence where the API server opens no way to it", async () => {
    const target = { namespace: "postgres", pod: "pg-0", container: "database" };
    await assert.rejects(
      execute(await readKubeconfig(), target, ["true"], { seconds: 5 }),
      /^Error: Nothing can be run in pod postgres\/pg-0: Unexpected server response: 404\.$/,
    );
  });

  for (const [status, why] of [
    [401, /: HTTP 401, the login is not accepted\.$/],
    [403, /: HTTP 403, the account may not create pods\/exec there\.$/],
  ] as const)
    it(`says what ${status} means`, async () => {
      api.otherwise = status;
      const target = { namespace: "postgres", pod: "pg-0", container: "database" };
      const refused = execute(await readKubeconfig(), target, ["true"], { seconds: 5 });
      await assert.rejects(refused, why);
    });
});
