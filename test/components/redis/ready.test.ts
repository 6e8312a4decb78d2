import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readinessScript } from "../../../components/redis/ready.ts";

describe("The proof that Redis works", () => {
  it("waits for the replicas to be attached, not for the pods, and has the password in no argument", () => {
    const script = readinessScript(3, "redis");
    assert.match(script, /-ge 2 \]/);
    assert.match(script, / -h rfs-shlink-redis\.redis\.svc /);
    assert.doesNotMatch(script, / -a | --pass/);
  });
});
