import assert from "node:assert/strict";
import protobuf from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, it } from "mocha";
import { unwired } from "../../plan/unwired.ts";

const { Struct } = protobuf;

describe("A run without an engine", () => {
  const value = { b: [{ d: null, c: "text", 10: 1, 9: 2 }], a: { f: 1.5, e: true, g: [] } };
  const message = () => Struct.fromJavaScript(value);
  const read = () => JSON.stringify(message().toJavaScript());

  it("has the values that messages give, in their order", async () => {
    assert.equal(await unwired(() => Promise.resolve(read())), read());
  });

  it("makes no message, and leaves it to others to make theirs, also when it fails", async () => {
    const fields = () => Promise.resolve(message().toArray().length);
    assert.equal(await unwired(fields), 0);
    assert.equal(await fields(), 1);
    await assert.rejects(
      unwired(() => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.equal(await fields(), 1);
  });
});
