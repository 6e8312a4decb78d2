import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import program from "../../index.ts";
import { stackSettings } from "../../plan/render.ts";

describe("A stack whose cluster is refused", () => {
  it("registers nothing, and fails with the sentence", async () => {
    const made: string[] = [];
    const newResource = ({ type, inputs }: pulumi.runtime.MockResourceArgs) => {
      made.push(type);
      return { id: "id", state: inputs as object };
    };
    const not = () => Promise.reject(new Error("asked too early"));
    await pulumi.runtime.setMocks(
      { newResource, call: () => ({}) },
      "shlink-platform",
      "dev",
      false,
    );
    const settings = JSON.stringify(stackSettings("dev"));
    pulumi.runtime.setAllConfig({ "shlink-platform:settings": settings });
    await assert.rejects(
      program({
        verify: () => Promise.reject(new pulumi.RunError("another stack's")),
        begin: not,
        changeVolumes: not,
        unrecorded: not,
        state: not,
        tunnel: not,
        restored: not,
        accountToken: not,
        secret: not,
        send: not,
        read: () => "",
        file: () => "",
      }),
      { message: "another stack's" },
    );
    assert.deepEqual(made, []);
    await pulumi.runtime.disconnect();
  });
});
