import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { serializeProperties } from "@pulumi/pulumi/runtime/rpc.js";
import { describe, it } from "mocha";
import { Refusal } from "../../platform/refusal.ts";

describe("A refusal", () => {
  it("is the sentence alone, whichever properties were to have the value of the output that it comes out of", async () => {
    const sentence = "The restore one failed: set another database.restore.id.";
    const opened = pulumi.output(1).apply((): string => {
      throw new Refusal(sentence);
    });
    for (const inputs of [{ password: pulumi.secret(opened) }, { certificate: { ca: [opened] } }])
      await assert.rejects(serializeProperties("provider", inputs), (error: Error) => {
        assert.equal(error.message, sentence);
        // The engine shows the stack trace of all other errors.
        return pulumi.RunError.isInstance(error);
      });
  });

  it("has no cause where none is named", () => {
    assert.ok(!("cause" in new Refusal("No.")));
    assert.equal(new Refusal("No.", { cause: "why" }).cause, "why");
  });
});
