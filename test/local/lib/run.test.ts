import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, it } from "mocha";
import { repository } from "../../../local/lib/paths.ts";

/** Runs a shell script the way the local commands run others, in a process of its own. */
function command(script: string, options: object): ChildProcess {
  const program = `
    import { endChildrenWithUs, tryRun } from "./local/lib/run.ts";
    endChildrenWithUs();
    const { code } = await tryRun("sh", ["-c", ${JSON.stringify(script)}], ${JSON.stringify(options)});
    console.log("it ended with " + code);`;
  return spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: repository });
}

/** Hands out the lines that a process prints, one after the other. */
function linesOf(child: ChildProcess): () => Promise<string> {
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  return async () => (await lines.next()).value ?? "(its end)";
}

describe("A command in the foreground", function () {
  this.timeout(30_000);
  const counting = `trap 'echo INT' INT; trap 'echo TERM; exit 3' TERM; echo ready; while :; do sleep 0.1; done`;

  it("hears each signal once, and ends in its own time before we do", async () => {
    const child = command(counting, { show: true, foreground: true });
    const line = linesOf(child);
    assert.equal(await line(), "ready");
    for (let time = 0; time < 2; time++) {
      child.kill("SIGINT");
      assert.equal(await line(), "INT");
    }
    child.kill("SIGTERM");
    assert.equal(await line(), "TERM");
    assert.equal(await line(), "it ended with 3");
  });

  it("is asked to end when the terminal is closed", async () => {
    const child = command(counting, { show: true, foreground: true });
    const line = linesOf(child);
    assert.equal(await line(), "ready");
    child.kill("SIGHUP");
    assert.equal(await line(), "TERM");
  });
});

describe("A command in the background", function () {
  this.timeout(30_000);
  it("ends with us, at once", async () => {
    const child = command("echo ready; sleep 100", { show: true });
    assert.equal(await linesOf(child)(), "ready");
    child.kill("SIGTERM");
    // Its output is open for as long as any of them runs.
    assert.deepEqual(await once(child, "close"), [130, null]);
  });
});
