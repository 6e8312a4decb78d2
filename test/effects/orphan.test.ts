import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "mocha";

describe("A program whose engine was killed", () => {
  /** Writes what nobody caught, as Pulumi's SDK does, and something now and then. */
  const script = `
    process.on("uncaughtException", (error) => console.error(error.stack));
    setInterval(() => console.error("a line"), 20);
    console.log("started");`;

  it("ends, because nobody reads what it says, and does not write that again and again", async () => {
    const options = ["--import", "./effects/lean.ts", "--input-type=module", "--eval", script];
    const program = spawn(process.execPath, options);
    try {
      await once(program.stdout, "data");
      program.stdout.destroy();
      program.stderr.destroy();
      assert.deepEqual(await once(program, "exit"), [1, null]);
    } finally {
      program.kill("SIGKILL");
    }
  });
});
