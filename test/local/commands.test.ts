import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { formatIdentity, ownIdentity } from "../../local/cluster/proc.ts";
import { repository } from "../../local/paths.ts";

describe("The local commands", () => {
  let home = "";
  before(() => {
    home = mkdtempSync(join(tmpdir(), "shlink-platform-commands-"));
  });
  after(() => rmSync(home, { recursive: true }));

  function run(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["local/main.ts", ...args], {
      cwd: repository,
      env: { ...process.env, XDG_STATE_HOME: home },
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  it("say which there are when the word is none of them", () => {
    for (const args of [[], ["start"]])
      assert.deepEqual(run(...args), {
        status: 1,
        stdout: "",
        stderr: "usage: node local/main.ts up|smoke|preview|down|clean\n",
      });
  });

  it("refuse to run twice at once, and name the process that runs", async () => {
    const folder = join(home, "shlink-platform");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "command.lock"), formatIdentity(await ownIdentity()));
    assert.deepEqual(run("preview"), {
      status: 1,
      stdout: "",
      stderr: `The local cluster is being started or stopped by process ${process.pid}: wait until it ends, then try again.\n`,
    });
  });
});
