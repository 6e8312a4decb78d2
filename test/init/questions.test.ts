import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, it } from "mocha";
import { answer } from "../../init/questions.ts";

const question = { option: "host", text: "Host names" };

describe("The questions of init", () => {
  const own = Object.getOwnPropertyDescriptor(process, "stdin")!;
  let terminal: PassThrough;
  beforeEach(() => {
    terminal = Object.assign(new PassThrough(), { isTTY: true });
    Object.defineProperty(process, "stdin", { value: terminal, configurable: true });
  });
  afterEach(() => Object.defineProperty(process, "stdin", own));

  it("take what a person types", async () => {
    const answers = answer([question], {});
    terminal.write("a.example\n");
    assert.deepEqual(await answers, { host: "a.example" });
  });

  it("end in a sentence where the person leaves", async () => {
    const answers = answer([question], {});
    terminal.end();
    await assert.rejects(answers, /^Error: Nothing was written: not all was answered\.$/);
  });
});
