import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";

describe("What Node loads before the program", () => {
  const { nodeargs } = (
    parse(readFileSync("Pulumi.yaml", "utf8")) as { runtime: { options: { nodeargs: string } } }
  ).runtime.options;

  /** Runs a script as the engine's language host runs the program. */
  function run(script: string, env: NodeJS.ProcessEnv = {}): string {
    const options = [...nodeargs.split(" "), "--input-type=module", "--eval", script];
    const environment = { ...process.env, PULUMI_DEBUG_PROMISE_LEAKS: undefined, ...env };
    const { stdout, stderr } = spawnSync(process.execPath, options, {
      env: environment,
      encoding: "utf8",
    });
    return `${stdout}${stderr}`;
  }

  /** The program's start ends with its usage, because there is no engine. */
  const starting = `
    import module from "node:module";
    process.on("exit", () => {
      const files = Object.keys(module._cache);
      const names = files.map((file) => /.*node_modules\\/((@[^/]+\\/)?[^/]+)/.exec(file)?.[1]);
      console.log([...new Set(names)].join(" "));
    });
    await import("@pulumi/pulumi/cmd/run/index.js");`;

  it("leaves the compiler, npm's resolver and the reader of source maps out of the SDK", () => {
    const packages = run(starting).trim().split(/\s+/);
    assert.ok(packages.includes("@pulumi/pulumi"));
    for (const unused of ["typescript", "@npmcli/arborist", "source-map-support"])
      assert.ok(!packages.includes(unused), unused);
  });

  const failing = `
    import * as pulumi from "@pulumi/pulumi";
    const { debuggablePromise } = (await import("@pulumi/pulumi/runtime/debuggable.js")).default;
    const promise = new Promise(() => {});
    function registers() { void debuggablePromise(promise, "context"); }
    registers();
    console.log(promise._debugStackTrace);
    function fails() { throw new Error("as always"); }
    try { fails(); } catch (error) { console.log(error.stack); }`;

  it("saves the stack traces of promises, and no other", () => {
    const output = run(failing);
    assert.doesNotMatch(output, /at registers/);
    assert.match(output, /Error: as always\n +at fails \(file:.*:\d+:\d+\)/);
  });

  it("leaves them where they are asked for", () => {
    assert.match(run(failing, { PULUMI_DEBUG_PROMISE_LEAKS: "1" }), /at registers/);
  });

  it("still reports promises that never end", () => {
    assert.match(run(failing), /detected that 1 promise was still active/);
  });
});
