import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { bundleProgram } from "../../../local/images/inputs.ts";
import { readCommandLine } from "../../../local/lib/proc.ts";

describe("A bundled program", function () {
  this.timeout(60_000);
  const none = () => Promise.reject(new Error("no tool is needed"));
  const inputs = { tool: none, moduleFolder: none, debianRoot: Promise.resolve("/") };

  async function bundlers(): Promise<string[]> {
    const pids = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
    const commands = await Promise.all(pids.map((pid) => readCommandLine(Number(pid))));
    return commands.filter((command) => command.includes("esbuild"));
  }

  it("leaves no process behind once the last of several is made", async () => {
    const entries = ["local/lib/paths.ts", "local/lib/failure.ts"];
    const made = await Promise.all(entries.map((entry) => bundleProgram(entry, inputs)));
    assert.match(made[0]?.toString() ?? "", /var repository = /);
    assert.match(made[1]?.toString() ?? "", /LocalError = class/);
    for (let attempt = 0; attempt < 50 && (await bundlers()).length > 0; attempt++)
      await sleep(100);
    assert.deepEqual(await bundlers(), []);
  });
});
