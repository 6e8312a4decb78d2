import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { callsIn, figuresOf, stateSize } from "../../bench/counts.ts";
import { inScratch } from "../../local/lib/scratch.ts";
import { tryRun } from "../../local/lib/run.ts";

/** As the engine of version 3.259 writes it. */
const logged = (service: string, progress = "request_started") =>
  `${JSON.stringify({ method: `/pulumirpc.${service}`, request: {}, progress })}\n`;

describe("The counts of a command of the engine's", () => {
  it("are the calls of program and engine that began, each once", () => {
    const log = [
      logged("ResourceMonitor/RegisterResource"),
      logged("ResourceMonitor/RegisterResource", "response_completed"),
      logged("ResourceMonitor/RegisterResource"),
      logged("ResourceProvider/Handshake"),
      logged("ResourceProvider/Handshake", "response_completed"),
      logged("ResourceMonitor/SupportsFeature"),
      logged("ResourceProvider/Cancel"),
      logged("LanguageRuntime/Run"),
    ].join("");
    const calls = callsIn(log);
    assert.deepEqual(calls, { RegisterResource: 2, Handshake: 1 });
    assert.deepEqual(figuresOf({ calls, modules: 7 }), { rpcs: 3, providers: 1, modules: 7 });
  });

  it("have the files that a program loads, by import and by require", () =>
    inScratch(async (folder) => {
      // By its name it is the program: plugins are Node's programs, too.
      const program = join(folder, "@pulumi/pulumi/cmd/run");
      mkdirSync(program, { recursive: true });
      writeFileSync(join(folder, "b.cjs"), "");
      writeFileSync(join(folder, "a.mjs"), 'import "./b.cjs"; import "node:os";');
      const text = `require(${JSON.stringify(join(folder, "b.cjs"))}); import(${JSON.stringify(join(folder, "a.mjs"))});`;
      writeFileSync(join(program, "index.js"), text);
      writeFileSync(join(program, "other.js"), text);
      const count = async (main: string) => {
        const file = join(folder, `count-${main}`);
        const args = ["--import", join(process.cwd(), "bench/modules.ts"), join(program, main)];
        const env = { BENCH_MODULES: file };
        const { code, output } = await tryRun(process.execPath, args, { env });
        assert.equal(code, 0, output);
        return readFileSync(file, "utf8");
      };
      assert.equal(await count("index.js"), "3");
      await assert.rejects(count("other.js"), /ENOENT/);
    }));

  it("have the size of the state as the backend keeps it", () =>
    inScratch(async (folder) => {
      mkdirSync(join(folder, ".pulumi/stacks/shlink-platform"), { recursive: true });
      writeFileSync(
        join(folder, ".pulumi/stacks/shlink-platform/dev.json"),
        Buffer.alloc(2048, 97),
      );
      assert.equal(await stateSize({ env: { PULUMI_BACKEND_URL: `file://${folder}` } }), 2);
    }));
});
