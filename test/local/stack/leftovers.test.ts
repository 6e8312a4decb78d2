import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { type Ended, executable, home, run, useHome } from "../../support/home.ts";

describe("What an interrupted Pulumi left in a local stack", function () {
  this.timeout(60_000);
  useHome();
  const state = () => join(home, "shlink-platform/pulumi/state/.pulumi");
  const lockFile = () => join(state(), "locks/organization/shlink-platform/dev/a-uuid.json");
  const asked = () => join(home, "asked");

  function write(file: string, content: object): void {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }

  function lockedBy(pid: number, machine = hostname()): void {
    for (const [end, content] of [
      ["", { pid, username: "root", hostname: machine }],
      [".attrs", { md5: "" }],
    ] as const)
      write(`${lockFile()}${end}`, content);
  }

  const withState = (latest: object) =>
    write(join(state(), "stacks/shlink-platform/dev.json"), { checkpoint: { latest } });

  const pending = { pending_operations: [{ type: "creating", resource: { urn: "a" } }] };

  const zombie = (pid: number) => / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

  /** Clears them as `make up` does; the CLI only writes down its arguments. */
  function clear(): Ended {
    const bin = join(home, "shlink-platform/pulumi/bin");
    mkdirSync(bin, { recursive: true });
    executable(join(bin, "pulumi"), `echo "$@" >> '${asked()}'`);
    const script = `
      import { LocalError } from "./local/lib/failure.ts";
      import { clearLeftovers } from "./local/stack/leftovers.ts";
      import { existingPulumi } from "./local/stack/pulumi.ts";
      await clearLeftovers("dev", existingPulumi(), console.log).catch((error) => {
        if (!(error instanceof LocalError)) throw error;
        console.error(error.message);
        process.exit(1);
      });`;
    return run(process.execPath, ["--input-type=module", "--eval", script]);
  }

  it("is nothing in most cases, and then Pulumi is not even asked", () => {
    assert.deepEqual(clear(), { status: 0, stdout: "", reported: [""] });
    withState({ resources: [] });
    assert.deepEqual(clear(), { status: 0, stdout: "", reported: [""] });
    assert.ok(!existsSync(asked()));
  });

  it("is the lock of a process that is gone, or whose number belongs to another program now", () => {
    const { pid: gone } = spawnSync("true");
    for (const pid of [gone, process.pid]) {
      lockedBy(pid);
      const stdout = `Released the lock of process ${pid}, which was interrupted\n`;
      assert.deepEqual(clear(), { status: 0, stdout, reported: [""] });
      assert.deepEqual(readdirSync(join(lockFile(), "..")), []);
    }
  });

  it("is no lock while Pulumi lives, nor that of another machine", () => {
    const engine = spawn("sleep", ["60"], { argv0: "pulumi" });
    const { pid = 0 } = engine;
    lockedBy(pid);
    assert.deepEqual(clear().reported, [
      `Pulumi still works on the local stack dev in process ${pid}: wait until it ends, then try again.`,
    ]);
    engine.kill();
    lockedBy(1, "elsewhere");
    assert.deepEqual(clear().reported, [
      `The local stack dev is locked by process 1 of machine elsewhere: when nothing runs there any more, remove ${lockFile()}.`,
    ]);
    assert.ok(existsSync(lockFile()));
  });

  it("is a plugin that outlived its engine, but never one of an engine that lives", async () => {
    const plugin = join(
      home,
      "shlink-platform/pulumi/home/plugins/resource-a-v1/pulumi-resource-a",
    );
    mkdirSync(join(plugin, ".."), { recursive: true });
    copyFileSync("/bin/sleep", plugin);
    chmodSync(plugin, 0o755);
    const start = (engine: string) =>
      spawn("bash", ["-c", `'${plugin}' 60 & echo $!; ${engine}`], { argv0: "pulumi" });
    const pidOf = async (engine: ChildProcess) => {
      const [text] = (await once(engine.stdout ?? engine, "data")) as [Buffer];
      return Number(String(text));
    };
    const [living, gone] = [start("wait"), start("disown")];
    const [kept, orphan] = [await pidOf(living), await pidOf(gone)];
    const { stdout } = clear();
    assert.equal(stdout, `Ended process ${orphan}, a plugin of an interrupted Pulumi\n`);
    process.kill(kept);
  });

  it("is a language host that outlived its engine, with its program", async () => {
    const host = join(home, "shlink-platform/pulumi/bin/language-host");
    mkdirSync(join(host, ".."), { recursive: true });
    copyFileSync("/bin/bash", host);
    const started = spawn("bash", ["-c", `'${host}' -c 'sleep 60 & echo $$ $!; wait' & disown`]);
    const [text] = (await once(started.stdout, "data")) as [Buffer];
    const ended = clear().stdout.trim().split("\n");
    const [hostPid, program] = String(text).trim().split(" ");
    assert.deepEqual(ended.sort(), [
      `Ended process ${hostPid}, a language host of an interrupted Pulumi`,
      `Ended process ${program}, a program of an interrupted Pulumi`,
    ]);
    assert.ok(!existsSync(`/proc/${program}`) || zombie(Number(program)));
  });

  it("are attributes of the state that were cut off, without which Pulumi reads it", () => {
    withState({ resources: [] });
    const checkpoint = join(state(), "stacks/shlink-platform/dev.json");
    for (const cut of ["", '{"user.content_type":']) {
      writeFileSync(`${checkpoint}.attrs`, cut);
      write(`${checkpoint}.bak.attrs`, { md5: "" });
      const stdout = `Removed ${checkpoint}.attrs, which an interruption cut off\n`;
      assert.deepEqual(clear(), { status: 0, stdout, reported: [""] });
      assert.deepEqual(readdirSync(join(checkpoint, "..")), ["dev.json", "dev.json.bak.attrs"]);
    }
  });

  it("are operations that it does not know the end of, which a refresh of the stack's root drops", () => {
    withState(pending);
    const { status, stdout } = clear();
    assert.equal(status, 0);
    assert.equal(
      stdout,
      "Cleared the operations that an interruption cut off; the program takes over what they made\n",
    );
    const root = "urn:pulumi:dev::shlink-platform::pulumi:pulumi:Stack::shlink-platform-dev";
    assert.match(
      readFileSync(asked(), "utf8"),
      new RegExp(`^refresh --clear-pending-creates --target ${root} --yes --skip-preview `),
    );
  });
});
