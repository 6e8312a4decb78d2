import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { formatIdentity, ownIdentity } from "../../local/lib/proc.ts";
import { executable, home, run, useHome } from "../support/home.ts";

describe("The local commands", function () {
  this.timeout(60_000);
  useHome();
  const command = (...args: string[]) => run(process.execPath, ["local/main.ts", ...args]);

  it("say which there are when the word is none of them", () => {
    for (const args of [[], ["start"]])
      assert.deepEqual(command(...args), {
        status: 1,
        stdout: "",
        reported: ["usage: node local/main.ts up|smoke|preview|down|clean|env|cluster|tools"],
      });
  });

  it("are told of one by one for --help, with success", () => {
    const { status, stdout } = command("--help");
    assert.equal(status, 0);
    assert.match(stdout, /^usage: node local\/main\.ts up\|smoke\|/);
    const words = /up\|\S+/.exec(stdout)?.[0].split("|") ?? [];
    assert.deepEqual(
      [...stdout.matchAll(/^ {2}(\w+) /gm)].map(([, word]) => word),
      words,
    );
  });

  it("let a shell's plain pulumi reach the stack, and say so when there is none", () => {
    const none = {
      status: 1,
      stdout: "",
      reported: ["There is no local stack yet: run make up first."],
    };
    assert.deepEqual(command("env"), none);
    const folder = join(home, "shlink-platform/pulumi");
    mkdirSync(join(folder, "bin"), { recursive: true });
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "");
    executable(join(folder, "bin/pulumi"), 'env | grep -E "^(PULUMI|KUBECONFIG)" | sort');
    const { stdout } = run(
      "sh",
      ["-ec", `eval "$('${process.execPath}' local/main.ts env)"; pulumi`],
      {
        PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, "passphrase"),
      },
    );
    for (const line of [
      "PULUMI_STACK=dev",
      `PULUMI_BACKEND_URL=file://${folder}/state`,
      `PULUMI_OPTION_CONFIG_FILE=${folder}/Pulumi.dev.yaml`,
      `KUBECONFIG=${folder}/kubeconfig.dev.yaml`,
      `PULUMI_CONFIG_PASSPHRASE_FILE=${folder}/passphrase`,
    ])
      assert.ok(stdout.split("\n").includes(line), `${line} is not in ${stdout}`);
  });

  it("refuse to run twice at once, and name the process that runs", async () => {
    const folder = join(home, "shlink-platform");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "command.lock"), formatIdentity(await ownIdentity()));
    assert.deepEqual(command("preview"), {
      status: 1,
      stdout: "",
      reported: [
        `The local cluster is being started or stopped by process ${process.pid}: wait until it ends, then try again.`,
      ],
    });
  });
});

describe("make up, on a machine that cannot hold the cluster", function () {
  this.timeout(60_000);
  useHome();
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
