import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { cacheFolder } from "../../../local/lib/paths.ts";
import { publishFolder } from "../../../local/lib/publish.ts";
import { resultFolder } from "../../../local/toolchain/cache.ts";
import {
  binaries,
  coldBuildBytes,
  recipeOf,
  recipes,
  toolNames,
  type ToolName,
  type GoRecipe,
} from "../../../local/toolchain/catalogue.ts";
import { announce, neededBytes } from "../../../local/toolchain/disk.ts";
import { explain } from "../../../local/toolchain/explain.ts";
import { withLock } from "../../../local/lib/lock.ts";
import { clock, remaining } from "../../../local/toolchain/progress.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "toolchain-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("toolchain cache", () => {
  const recipe: GoRecipe = {
    from: "go",
    version: "1",
    module: "x",
    packages: { x: "." },
    cpuSeconds: 1,
  };
  const key = (changed: Partial<GoRecipe> = {}, compiler = "go1.26.8") =>
    resultFolder("x", { ...recipe, ...changed }, compiler, "/cache", folder);

  it("follows XDG", () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: "/x" }), "/x/shlink-platform");
    assert.match(cacheFolder({ XDG_CACHE_HOME: "" }), /\/\.cache\/shlink-platform$/);
  });

  it("changes the key with module, sums, sources, patches, flags and compiler", async () => {
    await mkdir(join(folder, "patch/a"), { recursive: true });
    const keys = [key(), key({ tags: "a" }), key({ ldflags: "-X a=b" }), key({}, "go1.27")];
    for (const file of ["go.mod", "go.sum", "main.go", "patch/a/a.go"]) {
      await writeFile(join(folder, file), "1");
      keys.push(key());
      await writeFile(join(folder, file), "2");
      keys.push(key());
    }
    assert.equal(new Set(keys).size, keys.length);
  });

  it("changes the key of what npm builds with its lock, program and style, not with what serves it", async () => {
    const page = {
      from: "npmBuild",
      version: "1",
      source: "",
      binaries: { page: "page" },
    } as const;
    const keys = [resultFolder("x", page, "go1", "/cache", folder)];
    for (const file of ["package-lock.json", "page.jsx", "page.css", "index.html"]) {
      await writeFile(join(folder, file), "1");
      keys.push(resultFolder("x", page, "go1", "/cache", folder));
    }
    assert.equal(new Set(keys).size, keys.length);
    await mkdir(join(folder, "rootfs"));
    await writeFile(join(folder, "rootfs/x.json"), "1");
    assert.equal(resultFolder("x", page, "go2", "/cache", folder), keys.at(-1));
  });

  it("keeps the key when only an estimate or the check of PATH changes", () => {
    const check = { x: { args: [], version: /1/ } };
    assert.equal(key({ cpuSeconds: 99, onPath: check }), key());
  });

  it("publishes all or nothing", async () => {
    const target = join(folder, "tool/key");
    const half = publishFolder(target, async (draft) => {
      await writeFile(join(draft, "a"), "half");
      throw new Error("disk");
    });
    await assert.rejects(half, /disk/);
    assert.deepEqual(await readdir(join(folder, "tool")), []);
    await publishFolder(target, (draft) => writeFile(join(draft, "a"), "whole"));
    await publishFolder(target, () => Promise.reject(new Error("is there already")));
    assert.deepEqual(await readdir(join(folder, "tool")), ["key"]);
    assert.equal(readFileSync(join(target, "a"), "utf8"), "whole");
  });

  it("removes what a killed process left, and takes over its lock", async () => {
    const target = join(folder, "tool/key");
    await mkdir(`${target}.draft-dead`, { recursive: true });
    await writeFile(`${target}.lock`, "999999999 1");
    await publishFolder(target, (draft) => writeFile(join(draft, "a"), ""));
    assert.deepEqual(await readdir(join(folder, "tool")), ["key"]);
  });

  it("lets the second of two wait for the first, and says so once", async () => {
    const target = join(folder, "tool/key");
    let fills = 0;
    const waited: number[] = [];
    const fill = async (draft: string) => {
      fills += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      await writeFile(join(draft, "a"), "");
    };
    const wait = (pid: number) => waited.push(pid);
    await Promise.all([publishFolder(target, fill, wait), publishFolder(target, fill, wait)]);
    assert.equal(fills, 1);
    assert.deepEqual(waited, [process.pid]);
  });

  it("takes a lock whose process number now belongs to another program", async () => {
    const lock = join(folder, "lock");
    await writeFile(lock, `${process.pid} 12345`);
    let ran = false;
    await withLock(
      lock,
      () => {
        ran = true;
        return Promise.resolve();
      },
      () => assert.fail("must not wait"),
    );
    assert.ok(ran && !existsSync(lock));
  });
});

describe("toolchain catalogue", () => {
  it("names each binary once, with a committed module and a complete go.sum behind each build", () => {
    assert.equal(new Set(Object.keys(binaries)).size, 24);
    for (const name of Object.keys(recipes) as ToolName[]) {
      const recipe = recipeOf(name);
      if (recipe.from !== "go") continue;
      const module = new URL(`../../../local/toolchain/go/${recipe.module}/`, import.meta.url);
      assert.ok(existsSync(new URL("go.sum", module)), name);
      assert.doesNotMatch(readFileSync(new URL("go.mod", module), "utf8"), /https?:/);
      assert.equal(recipe.patched?.folder === true, existsSync(new URL("patch", module)), name);
    }
  });
});

describe("toolchain disk", () => {
  it("needs at most 25 GB, and less for less", () => {
    assert.equal(neededBytes(toolNames), coldBuildBytes);
    assert.ok(coldBuildBytes <= 25 * 1024 ** 3);
    assert.ok(neededBytes(["redis-operator"]) < coldBuildBytes / 5);
  });

  it("refuses in one sentence when there is too little", () => {
    assert.throws(
      () => announce(toolNames, "/cache", () => 3 * 1024 ** 3),
      /^LocalError: Too little disk: making the tools needs \d+ GiB below \/cache, and 3 GiB are free\.$/,
    );
  });
});

describe("toolchain progress", () => {
  it("counts what runs as partly done, but never as done", () => {
    const left = new Map([["coredns", 100] as const, ["pulumi", 200] as const]);
    assert.equal(remaining(left, new Map(), 0), 300);
    assert.equal(remaining(left, new Map([["coredns", 0] as const]), 40_000), 260);
    assert.equal(remaining(left, new Map([["coredns", 0] as const]), 900_000), 210);
    assert.equal(clock(61), "1 min 1 s");
  });
});

describe("toolchain failures", () => {
  const cases: [string, string, RegExp][] = [
    [
      "a version the Go registry does not serve",
      "go: k8s.io/x@v9.9.9: reading https://r/k8s.io/x/@v/v9.9.9.mod: 403 Forbidden\n\tserver response: not available",
      /^t: the Go module registry answered 403 for k8s\.io\/x@v9\.9\.9: it is not served\.$/,
    ],
    [
      "a checksum-database entry that is missing",
      "a.test/x@v1.0.0: verifying go.mod: a.test/x@v1.0.0/go.mod: reading https://r/x: 404 Not Found",
      /answered 404 for a\.test\/x@v1\.0\.0/,
    ],
    [
      "no Go registry",
      'go: k8s.io/x@v1.0.0: Get "https://r/": dial tcp 127.0.0.1:9: connect: connection refused',
      /^t: the Go module registry did not answer \(dial tcp\)/,
    ],
    [
      "a Python version that is not there",
      "ERROR: Could not find a version (from versions: 1.0)\nERROR: No matching distribution found for e==9",
      /Python package registry does not serve e==9\.$/,
    ],
    [
      "a Python registry that is silent",
      "ERROR: Could not find a version (from versions: none)\nERROR: No matching distribution found for e==9",
      /Python package registry did not answer, or holds no e==9\.$/,
    ],
    [
      "an npm version that is not there",
      "npm error code ETARGET\nnpm error notarget No matching version found for y@9.\n",
      /the npm registry does not serve y@9\.$/,
    ],
    [
      "an npm package that is not there",
      "npm error code E404\nnpm error 404  The requested resource 'z@1' could not be found",
      /the npm registry does not serve z@1\.$/,
    ],
    ["no npm registry", "npm error code ECONNREFUSED", /the npm registry did not answer/],
    [
      "a Debian package that is not there",
      "E: Unable to locate package nope",
      /Debian's packages hold no nope\.$/,
    ],
    [
      "a module registry that is switched off",
      "main.go:6:2: module lookup disabled by GOPROXY=off",
      /^t: Go is set to ask no module registry/,
    ],
    ["a full disk", "write /x: no space left on device", /^t: the disk is full/],
    ["a killed compiler", "x/y: compile: signal: killed", /^t: it was killed/],
    [
      "code that does not compile",
      "# x/y\n../y.go:3:4: undefined: z\n",
      /^t: it does not compile: \.\.\/y\.go:3:4: undefined: z$/,
    ],
    ["anything else", "boom\n", /^t: failed: boom$/],
  ];
  for (const [name, output, sentence] of cases)
    it(`tells ${name}`, () => assert.match(explain("t", output).message, sentence));

  it("names no registry's host", () => {
    for (const [, output] of cases)
      assert.doesNotMatch(explain("t", output).message, /https?:\/\//);
  });
});
