import { after, before, beforeEach, describe, it } from "mocha";
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installPlugins, pluginFile } from "../../../local/providers/install.ts";
import { Engine } from "./support/engine.ts";

const names = ["random", "vault", "postgresql", "tls"];

describe("plugin installation", () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "plugin home "));
  });
  beforeEach(() => installPlugins(home, process.execPath));
  after(() => rmSync(home, { recursive: true }));

  it("puts each plugin where the engine looks, under the version that the SDK asks for", () => {
    for (const name of names) {
      const file = new URL(`../../../node_modules/@pulumi/${name}/package.json`, import.meta.url);
      const manifest = JSON.parse(readFileSync(file, "utf8")) as { version: string };
      const folder = `resource-${name}-v${manifest.version}`;
      const plugin = join(home, "plugins", folder, `pulumi-resource-${name}`);
      assert.equal(pluginFile(home, name), plugin);
      assert.equal(statSync(plugin).mode & 0o777, 0o755);
    }
  });

  it("leaves alone what is right, and repairs what is not", () => {
    const file = pluginFile(home, "vault");
    const content = readFileSync(file, "utf8");
    const { ino } = statSync(file);
    installPlugins(home, process.execPath);
    assert.equal(statSync(file).ino, ino);
    writeFileSync(file, "broken");
    installPlugins(home, process.execPath);
    assert.equal(readFileSync(file, "utf8"), content);
    assert.deepEqual(readdirSync(join(file, "..")), ["pulumi-resource-vault"]);
  });

  it("places a built kubernetes plugin, and a new one when another was built", () => {
    const built = join(home, "built");
    writeFileSync(built, "#!/bin/sh\n");
    installPlugins(home, process.execPath, { kubernetesPlugin: built });
    const file = pluginFile(home, "kubernetes");
    assert.equal(readFileSync(file, "utf8"), "#!/bin/sh\n");
    assert.equal(statSync(file).mode & 0o777, 0o755);
    writeFileSync(join(home, "rebuilt"), "#!/bin/sh\n# other\n");
    installPlugins(home, process.execPath, { kubernetesPlugin: join(home, "rebuilt") });
    assert.match(readFileSync(file, "utf8"), /other/);
  });
});

describe("installed plugin", () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "it's a home "));
    installPlugins(home, process.execPath);
  });
  after(() => rmSync(home, { recursive: true }));

  for (const name of names) {
    it(`${name} starts, says its port and nothing else, and answers with its version`, async () => {
      const plugin = spawn(pluginFile(home, name), ["127.0.0.1:1"], { stdio: "pipe" });
      const output = collect(plugin);
      await once(plugin.stdout, "data");
      const engine = new Engine(Number(output()), name);
      const folder = pluginFile(home, name).split("/").at(-2) ?? "";
      assert.ok(folder.endsWith(`v${await engine.version()}`), folder);
      engine.close();
      plugin.kill();
      await once(plugin, "exit");
      assert.match(output(), /^\d+\n$/);
    });
  }

  it("ends by itself when its engine was killed", async () => {
    const file = pluginFile(home, "random");
    const script = `"$0" & echo $!; wait`;
    const shell = spawn("sh", ["-c", script, file], { stdio: ["ignore", "pipe", "inherit"] });
    const output = collect(shell);
    while (output().split("\n").length < 3) await sleep(50);
    const pid = Number(
      output()
        .split("\n")
        .sort((a, b) => Number(b) - Number(a))
        .find(isPlugin),
    );
    shell.kill("SIGKILL");
    for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 150; tries++) await sleep(100);
    const isLeft = existsSync(`/proc/${pid}`);
    if (isLeft) process.kill(pid);
    assert.equal(isLeft, false);
  });
});

function collect(process: ChildProcess): () => string {
  let text = "";
  process.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  process.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

/** Of the two numbers that come, one is a process and the other a port. */
function isPlugin(number: string): boolean {
  const file = `/proc/${number}/cmdline`;
  return number !== "" && existsSync(file) && readFileSync(file, "utf8").includes("random/main.ts");
}
