import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "mocha";
import { useApiServer } from "../support/api-server.ts";
import { settingsHere, useFakePulumi } from "../support/fake-pulumi.ts";
import { runProgram, startProgram } from "../support/program.ts";

const commands = [
  ["operate/backup.ts", "database"],
  ["operate/backup.ts", "vault"],
  ["operate/restore.ts", "--to-end"],
  ["operate/rotate.ts", "database"],
  ["operate/rotate.ts", "redis"],
  ["operate/rotate.ts", "api-key"],
  ["operate/links.ts", "export", "/tmp/no-such-folder/links"],
  ["init/main.ts", "fresh", "--host", "s.example.com", "--certificate", "internal"],
  ["doctor/main.ts"],
] as const;

describe("A command that stumbles over an answer", () => {
  const command = JSON.stringify(join(process.cwd(), "effects/command.ts"));
  for (const [what, act, said] of [
    ["text that is no JSON", "JSON.parse('s3cret')", "it is no JSON"],
    ["what is not there", "({}).items.length", "Cannot read properties of undefined"],
  ])
    it(`says in a sentence that it is ${what}, and shows nothing of it`, () => {
      const program = `import(${command}).then((own) => own.runCommand("", () => ${act}))`;
      const { status, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^An answer of the cluster or of Pulumi is not what it should be \(.*\n$/,
      );
      assert.ok(stderr.includes(said ?? ""), stderr);
      assert.doesNotMatch(stderr, /s3cret/);
    });
});

describe("A command's result", () => {
  const command = JSON.stringify(join(process.cwd(), "effects/command.ts"));
  const write = `setTimeout(() => process.stdout.write("x".repeat(1e6)), 200)`;
  const program = `import(${command}).then((own) => own.runCommand("", () => void ${write}))`;
  const told = (to: string) =>
    spawnSync("bash", ["-c", `"$0" -e "$1" ${to}`, process.execPath, program], {
      encoding: "utf8",
    }).stderr;

  it("may be read in part, and is not lost without a word on a full disk", () => {
    assert.equal(told("| true"), "");
    assert.match(told("> /dev/full"), /^The result cannot be written .* \(ENOSPC.*\)\.\n$/);
  });
});

describe("A command without a cluster", () => {
  const api = useApiServer();
  const pulumi = useFakePulumi();
  let home = "";
  before(() => {
    home = mkdtempSync(join(tmpdir(), "shlink-platform-command-"));
  });
  after(() => rmSync(home, { recursive: true }));
  beforeEach(() => pulumi.answer(settingsHere("prod")));

  /** Says what a command answers, which has to be one sentence. */
  async function refusal([file, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv) {
    const { code, stdout, stderr } = await pulumi.run(file, args, { HOME: home, ...env });
    assert.deepEqual(
      { code, stdout, lines: stderr.trim().split("\n").length },
      { code: 1, stdout: "", lines: 1 },
      stderr,
    );
    return stderr.trim();
  }

  for (const command of commands)
    it(`says of ${command.slice(0, 2).join(" ")} that there is no kubeconfig, and where one was sought`, async () => {
      assert.equal(
        await refusal(command, { KUBECONFIG: "" }),
        "There is no kubeconfig: KUBECONFIG is not set, and there is no file ~/.kube/config. Set KUBECONFIG to the file that your cluster's administrator gave you.",
      );
    });

  it("says that KUBECONFIG names no file", async () => {
    const gone = join(home, "gone");
    assert.match(
      await refusal(["operate/backup.ts", "vault"], { KUBECONFIG: gone }),
      new RegExp(`^There is no kubeconfig: KUBECONFIG names ${gone}, where no file is\\.`),
    );
  });

  // The doctor says it as a finding.
  for (const command of commands.filter(([file]) => file !== "doctor/main.ts"))
    it(`says of ${command.slice(0, 2).join(" ")} which API server does not answer`, async () => {
      api.useKubeconfig("http://127.0.0.1:1");
      assert.equal(
        await refusal(command, {}),
        "The Kubernetes API server at http://127.0.0.1:1 (context here) cannot be used: connect ECONNREFUSED 127.0.0.1:1. Start the cluster or correct the kubeconfig.",
      );
    });

  it("says what is wrong with a kubeconfig, and shows nothing of its content", async () => {
    const file = join(home, "kubeconfig");
    mkdirSync(join(home, "folder"));
    for (const [text, reason] of [
      [
        "users:\n- user: {token: s3cret\n  x: [",
        /cannot be read \(.*\): correct it or set KUBECONFIG\.$/,
      ],
      [
        "",
        /^The kubeconfig .* cannot be read \(it has no clusters and contexts\)|^The kubeconfig has no current context/,
      ],
      ["just words", /^The kubeconfig has no current context with a cluster: /],
      ["[1, 2", /cannot be read/],
    ] as const) {
      writeFileSync(file, text);
      const said = await refusal(["operate/backup.ts", "vault"], { KUBECONFIG: file });
      assert.match(said, reason);
      assert.doesNotMatch(said, /s3cret/);
    }
    const folder = { KUBECONFIG: join(home, "folder") };
    assert.match(
      await refusal(["operate/backup.ts", "vault"], folder),
      /folder cannot be read \(EISDIR/,
    );
  });

  it("says that the login of the context cannot be had", async () => {
    const file = join(home, "kubeconfig");
    const cluster = { server: "https://127.0.0.1:1", "certificate-authority": "/gone.crt" };
    const config = {
      "current-context": "here",
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: {} }],
    };
    writeFileSync(file, JSON.stringify(config));
    assert.match(
      await refusal(["operate/backup.ts", "vault"], { KUBECONFIG: file }),
      /^The Kubernetes API server at https:\/\/127\.0\.0\.1:1 \(context here\) cannot be used: ENOENT.*gone\.crt/,
    );
  });
});

describe("A command", () => {
  const usages = [
    ...new Set(commands.map(([file]) => file)),
    "plan/deployer.ts",
    "plan/main.ts",
    "plan/vault-policy.ts",
    "ci/main.ts",
  ];
  for (const file of usages)
    it(`says how ${file} is used, when asked, and names an option that it does not know`, async () => {
      const help = await runProgram(file, ["--help"]);
      assert.deepEqual([help.code, help.stderr], [0, ""]);
      assert.match(help.stdout, /^Usage: n/);
      const { code, stdout, stderr } = await startProgram(file, ["--nonsense"]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^Unknown option '--nonsense'.*\nUsage: n/);
      assert.doesNotMatch(stderr, /^ +at /m);
    });
});
