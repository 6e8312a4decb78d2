import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { LocalError } from "../../../local/lib/failure.ts";
import { explain } from "../../../local/toolchain/explain.ts";
import { goWith } from "../../../local/toolchain/go.ts";
import {
  buildWithNpm,
  fetchNpm,
  fetchWheel,
  unpackPackages,
} from "../../../local/toolchain/packages.ts";
import { recipes } from "../../../local/toolchain/catalogue.ts";
import { type Run, tryRun } from "../../../local/lib/run.ts";

/** Nothing listens on the port that no service may be given. */
const nowhere = "http://127.0.0.1:1";
const unreachable = {
  npm_config_registry: nowhere,
  npm_config_fetch_retries: "0",
  PIP_INDEX_URL: nowhere,
  PIP_RETRIES: "0",
  GOPROXY: nowhere,
};

/** The sentences for what the clients say are chosen by text: here the real clients say it. */
describe("A package registry that does not answer", function () {
  this.timeout(60_000);
  const original = { ...process.env };
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "shlink-platform-registries-"));
    Object.assign(process.env, unreachable, { npm_config_cache: join(folder, "cache") });
  });
  after(() => {
    for (const name of [...Object.keys(unreachable), "npm_config_cache"])
      if (original[name] === undefined) delete process.env[name];
      else process.env[name] = original[name];
    rmSync(folder, { recursive: true });
  });

  async function sentence(context: Mocha.Context, client: string[], attempt: () => Promise<void>) {
    const [command = "", ...args] = client;
    if (spawnSync(command, args).status !== 0) context.skip();
    const error: unknown = await attempt().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof LocalError, String(error));
    assert.equal(error.message.split("\n").length, 1);
    return error.message;
  }

  it("is reported as that by npm", async function () {
    const recipe = {
      from: "npm",
      package: "left",
      version: "1.0.0",
      zip: "",
      binaries: {},
    } as const;
    const attempt = () => fetchNpm("tool", recipe, folder, tryRun);
    const reported = await sentence(this, ["npm", "--version"], attempt);
    assert.match(reported, /^tool: the npm registry did not answer \(.*ECONNREFUSED.*\)/);
  });

  it("is reported as that by pip", async function () {
    const recipe = { from: "pypi", package: "left", version: "1.0.0", binaries: {} } as const;
    const attempt = () => fetchWheel("tool", recipe, folder, tryRun);
    const reported = await sentence(this, ["python3", "-m", "pip", "--version"], attempt);
    assert.match(reported, /^tool: the Python package registry did not answer/);
  });

  it("is reported as that by Go", async function () {
    const go = goWith({ command: "go", version: "" }, tryRun);
    const attempt = async () => {
      const { output } = await go(["mod", "download", "example.test/left@v1.0.0"], folder);
      throw explain("tool", output);
    };
    const reported = await sentence(this, ["go", "version"], attempt);
    assert.match(reported, /^tool: the Go module registry did not answer \(dial tcp.*\)/);
  });
});

describe("What is made of packages", () => {
  let folder = "";
  let calls: string[] = [];
  before(() => (folder = mkdtempSync(join(tmpdir(), "shlink-platform-packages-"))));
  beforeEach(() => (calls = []));
  after(() => rmSync(folder, { recursive: true }));
  const machine =
    (answer: (words: string[], cwd: string) => void): Run =>
    (command, args, options) => {
      calls.push([command, ...args].join(" "));
      answer([command, ...args], options?.cwd ?? "");
      return Promise.resolve({ code: 0, stdout: "", output: "" });
    };

  it("is the page, in a copy of its folder, by its lock and by no script of a package", async () => {
    const run = machine(([, word], cwd) => {
      assert.ok(existsSync(join(cwd, "package-lock.json")));
      if (word !== "run") return;
      mkdirSync(join(cwd, "page"));
      writeFileSync(join(cwd, "page/index.html"), "made");
    });
    await buildWithNpm("web-client", recipes["web-client"], folder, run);
    assert.deepEqual(
      calls.map((call) => call.replace(" --no-progress --loglevel=error", "")),
      ["npm ci --ignore-scripts", "npm run build"],
    );
    assert.equal(readFileSync(join(folder, "web-client-page/index.html"), "utf8"), "made");
  });

  it("is a folder of Debian packages with all that they need, whatever this machine has", async () => {
    const run = machine((words) => {
      const archives = words.find((word) => word.startsWith("Dir::Cache::archives="));
      if (archives !== undefined) writeFileSync(join(archives.split("=")[1] ?? "", "a.deb"), "");
    });
    await unpackPackages(["chromium"], folder, run);
    assert.equal(calls[0], "apt-get update -qq");
    assert.match(
      calls[1] ?? "",
      /^apt-get install --download-only .*Dir::State::status=\/dev\/null .* chromium -qq$/,
    );
    assert.match(calls[2] ?? "", new RegExp(`^dpkg-deb -x .*/a\\.deb ${folder}$`));
    assert.equal(calls.length, 3);
  });
});
