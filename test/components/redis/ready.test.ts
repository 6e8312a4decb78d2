import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readinessScript } from "../../../components/redis/ready.ts";

describe("The proof that Redis works", () => {
  it("waits for the replicas to be attached, not for the pods, and has the password in no argument", () => {
    const script = readinessScript(3);
    assert.match(script, /-ge 2 \]/);
    assert.doesNotMatch(script, / -a | --pass/);
  });
});
