import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { authorizationSpec } from "../../../components/routing/authorization.ts";

describe("Who may call Shlink", () => {
  it("is the gateway, for redirects, health and the API, without asking a header, which would hide the 401", () => {
    const { rules } = authorizationSpec("gateway", "");
    const operations = rules.map(({ to }) => to[0]?.operation);
    assert.deepEqual(operations, [
      { methods: ["GET", "HEAD"], notPaths: ["/rest", "/rest/*"] },
      { methods: ["GET", "HEAD"], paths: ["/rest/health"] },
      { paths: ["/rest/v1/*", "/rest/v2/*", "/rest/v3/*"] },
    ]);
    for (const { from } of rules) assert.deepEqual(from, [{ source: { principals: ["gateway"] } }]);
    assert.ok(!JSON.stringify(rules).includes("when"));
  });
});
