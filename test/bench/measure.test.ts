import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cpuInNetwork, measure, measureRunning, stopMeasured } from "../../bench/measure.ts";
import { LocalError } from "../../local/lib/failure.ts";

describe("A measured command", function () {
  this.timeout(60_000);
  const shell = (script: string) =>
    measure({ command: "sh", args: ["-c", script], cwd: "/", env: { MEASURED: "1" } });

  it("counts the processor time and the memory of all processes below it, and the processes", async () => {
    const busy = "const b = Buffer.alloc(1e8, 1); while (process.cpuUsage().user < 2e5);";
    const run = await shell(`"${process.execPath}" -e '${busy}' & wait`);
    assert.ok(run.cpu >= 0.2, String(run.cpu));
    assert.ok(run.memory >= 100, String(run.memory));
    assert.equal(run.processes, 2);
    assert.ok(run.seconds >= 0.2);
    const { node = { cpu: 0, memory: 0 } } = run.programs;
    assert.ok(node.cpu >= 0.15 && node.cpu <= run.cpu + 0.05, JSON.stringify(run.programs));
    assert.ok(node.memory >= 100, JSON.stringify(run.programs));
    assert.equal(Object.keys(run.programs).length, 2);
  });

  it("is refused when it fails, with what it wrote", async () => {
    await assert.rejects(shell("echo why; exit 3"), (error) => {
      assert.ok(error instanceof LocalError);
      assert.match(error.message, /does not succeed:\nwhy\n/);
      return true;
    });
  });

  it("is ended when this process is asked to end, and fails, so that what was made for it is cleared away", async () => {
    const waiting = assert.rejects(shell("exec sleep 60"), LocalError);
    stopMeasured();
    await waiting;
  });

  it("is heard line by line while it runs", async () => {
    const heard: string[] = [];
    const hear = (line: string) => heard.push(line);
    await measure({ command: "printf", args: ["one\\ntwo\\n"], cwd: "/", env: {}, hear });
    assert.deepEqual(heard, ["one", "two"]);
  });

  it("says of a running process what it took so far", () => {
    const { cpu, memory } = measureRunning(process.pid);
    const { user, system } = process.cpuUsage();
    assert.ok(Math.abs(cpu - (user + system) / 1e6) < 0.1, String(cpu));
    assert.ok(memory > 20, String(memory));
  });

  it("says what all processes of one network took so far", () => {
    const { user, system } = process.cpuUsage();
    assert.ok(cpuInNetwork("/proc/self/ns/net") >= (user + system) / 1e6 - 0.02);
    assert.throws(() => cpuInNetwork("/proc/self/ns/none"), /ENOENT/);
  });
});
