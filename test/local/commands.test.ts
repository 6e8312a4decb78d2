import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { formatIdentity, ownIdentity } from "../../local/lib/proc.ts";
import { repository } from "../../local/lib/paths.ts";

describe("The local commands", function () {
  this.timeout(60_000);
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
        stderr: "usage: node local/main.ts up|smoke|preview|down|clean|cluster|tools\n",
      });
  });

  it("say what they miss in one sentence, without a stack trace", () => {
    const sentences = [
      [["preview", "staging"], /^The local cluster has no stack staging: name one of dev, .*\.\n$/],
      [["smoke"], /^The local cluster does not run: start it with make up\.\n$/],
      [["preview"], /^The local cluster does not run: start it with make up\.\n$/],
      [["cluster", "restart"], /^usage: node local\/main\.ts cluster start\|stop\|status\n$/],
      [["tools", "terraform"], /^There is no tool named terraform; there are: bao, .*\.\n$/],
    ] as const;
    for (const [args, sentence] of sentences) {
      const { status, stderr } = run(...args);
      assert.equal(status, 1);
      assert.match(stderr, sentence);
    }
  });

  it("say that there is no cluster, and fail", () => {
    const expected = { status: 1, stdout: "There is no local cluster.\n", stderr: "" };
    assert.deepEqual(run("cluster", "status"), expected);
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
