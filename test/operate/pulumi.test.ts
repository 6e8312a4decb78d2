import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, beforeEach, describe, it } from "mocha";

const program = `import(${JSON.stringify(join(process.cwd(), "operate/pulumi.ts"))})
  .then(({ pulumiCli }) => pulumiCli(undefined).up())
  .catch((error) => { console.log(error.message); process.exitCode = 1; });`;

describe("`pulumi up` of a command", () => {
  const folder = mkdtempSync(join(tmpdir(), "shlink-platform-pulumi-"));
  const written = join(folder, "written");
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => rmSync(written, { force: true }));

  /** Begins an update that writes down what it has done when it is ended. */
  async function begin() {
    const script = `#!/bin/sh
      trap 'sleep 0.5; touch ${written}; exit 1' INT TERM HUP
      echo begun
      while true; do sleep 0.1; done`;
    writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
    const env = { ...process.env, PATH: [folder, process.env["PATH"]].join(delimiter) };
    const child = spawn(process.execPath, ["-e", program], { env, detached: true, stdio: "pipe" });
    let told = "";
    child.stdout.on("data", (text) => (told += text));
    await once(child.stdout, "data");
    const ended = once(child, "close").then(([code]) => ({ code: code as number, told }));
    return { pid: child.pid ?? 0, ended };
  }

  const said = /pulumi up failed: correct what it says above, and run this again\./;

  it("is waited for when a terminal ends both by Ctrl-C", async () => {
    const { pid, ended } = await begin();
    process.kill(-pid, "SIGINT");
    const { code, told } = await ended;
    assert.equal(code, 1);
    assert.match(told, said);
    assert.ok(existsSync(written));
  });

  for (const signal of ["SIGTERM", "SIGHUP"] as const)
    it(`is told of ${signal}, and waited for`, async () => {
      const { pid, ended } = await begin();
      process.kill(pid, signal);
      const { code, told } = await ended;
      assert.equal(code, 1);
      assert.match(told, said);
      assert.ok(existsSync(written));
    });
});
