import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { pgoKey } from "../../platform/workloads.ts";
import { useApiServer } from "../support/api-server.ts";
import { runProgram, startProgram } from "../support/program.ts";

const backup = (...args: string[]) => runProgram("operate/backup.ts", args);

const postgres = "/apis/batch/v1/namespaces/postgres";
const vault = "/apis/batch/v1/namespaces/vault";
const schedule = (namespace: string, name: string, kind?: string) => ({
  metadata: {
    namespace,
    name,
    uid: `uid-${name}`,
    labels: { [pgoKey("pgbackrest-cronjob")]: kind },
  },
  spec: {
    jobTemplate: {
      metadata: { labels: { backup: "yes" } },
      spec: { backoffLimit: 2, template: {} },
    },
  },
});
const state = (type: string) => ({ conditions: [{ type, status: "True" }] });
const job = (status: object) => ({
  metadata: { name: "made", namespace: "postgres", ownerReferences: [{ uid: "uid-full" }] },
  status,
});

describe("npm run backup", () => {
  const api = useApiServer();
  beforeEach(() => {
    api.answers = {
      [`GET ${postgres}/cronjobs`]: {
        items: [schedule("postgres", "incremental", "incr"), schedule("postgres", "full", "full")],
      },
      [`GET ${vault}/cronjobs`]: { items: [schedule("vault", "vault-snapshot")] },
      [`GET ${postgres}/jobs`]: { items: [] },
      [`POST ${postgres}/jobs`]: job({}),
      [`GET ${postgres}/jobs/made`]: job(state("Complete")),
    };
  });
  const posted = () => api.calls.filter(({ method }) => method === "POST");

  it("makes the Job of the schedule of full backups, and ends when that is done", async () => {
    const { code, stderr } = await startProgram("operate/backup.ts", ["database"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Started Job postgres\/made\nJob postgres\/made is done/);
    const [{ path = "", body = "" } = {}] = posted();
    const made = JSON.parse(body) as { metadata: Record<string, unknown>; spec: unknown };
    assert.equal(path, `${postgres}/jobs`);
    assert.deepEqual(made.spec, { backoffLimit: 2, template: {} });
    const { name, ...metadata } = made.metadata;
    assert.match(String(name), /^full-[0-9a-z]+$/);
    assert.deepEqual(metadata, {
      namespace: "postgres",
      labels: { backup: "yes" },
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      ownerReferences: [
        {
          apiVersion: "batch/v1",
          kind: "CronJob",
          name: "full",
          uid: "uid-full",
          controller: true,
        },
      ],
    });
  });

  it("takes the snapshot of Vault by its own schedule", async () => {
    const made = { metadata: { name: "made", namespace: "vault" }, status: state("Complete") };
    Object.assign(api.answers, {
      [`GET ${vault}/jobs`]: { items: [] },
      [`POST ${vault}/jobs`]: made,
      [`GET ${vault}/jobs/made`]: made,
    });
    assert.equal((await backup("vault")).code, 0);
    assert.deepEqual(
      posted().map(({ path }) => path),
      [`${vault}/jobs`],
    );
  });

  it("waits for a Job of the schedule that runs already, after an interruption for instance", async () => {
    api.answers[`GET ${postgres}/jobs`] = { items: [job({ active: 1 })] };
    const { code, stderr } = await backup("database");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Job postgres\/made runs already/);
    assert.deepEqual(posted(), []);
  });

  it("starts another after one that has ended", async () => {
    api.answers[`GET ${postgres}/jobs`] = { items: [job(state("Complete")), job(state("Failed"))] };
    await backup("database");
    assert.equal(posted().length, 1);
  });

  it("fails with the last words of a Job that failed", async () => {
    Object.assign(api.answers, {
      [`GET ${postgres}/jobs/made`]: job(state("Failed")),
      "GET /api/v1/namespaces/postgres/pods": { items: [{ metadata: { name: "pod" } }] },
      "GET /api/v1/namespaces/postgres/pods/pod/log": "ERROR: [082]: unable to push\n",
    });
    const { code, stderr } = await backup("database");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /failed: ERROR: \[082\]: unable to push \(kubectl -n postgres logs job\/made\)/,
    );
  });

  it("says what goes on where it takes longer than it may", async () => {
    api.answers[`GET ${postgres}/jobs/made`] = job({ active: 1 });
    const { code, stderr } = await backup("database", "--minutes", "0.001");
    assert.equal(code, 1);
    assert.match(stderr, /1 pods run\n.*has not ended after 0\.001 minutes; it goes on: kubectl/);
  });

  const refusals: [what: string, args: string[], answers: Record<string, unknown>, says: RegExp][] =
    [
      [
        "a stack that makes no backups",
        ["database"],
        { [`GET ${postgres}/cronjobs`]: { items: [] } },
        /Namespace postgres has no schedule of backups: set database\.backups/,
      ],
      [
        "an account that may make no Job",
        ["database"],
        { [`POST ${postgres}/jobs`]: undefined },
        /No Job can be made of CronJob postgres\/full: nothing here/,
      ],
      [
        "an API server that accepts the login no more",
        ["database"],
        { [`GET ${postgres}/cronjobs`]: undefined },
        /^The list of schedules in postgres cannot be read: nothing here \(HTTP 401\)\. Log in again/,
      ],
      [
        "a page to log in",
        ["database"],
        { [`GET ${postgres}/cronjobs`]: "<html>log in</html>" },
        /^The Kubernetes API server at .* cannot be used: its answer is no JSON, as of a proxy/,
      ],
      [
        "another server",
        ["database"],
        { [`GET ${postgres}/cronjobs`]: {} },
        /^The list of schedules in postgres cannot be read: the answer is no list, as of another s/,
      ],
      ["nothing named", [], {}, /^\S.*\.\nUsage: npm run backup/],
      ["something else", ["redis"], {}, /^\S.*\.\nUsage: npm run backup/],
      ["an unknown option", ["vault", "--now"], {}, /^Unknown option '--now'.*\nUsage: npm run b/],
      ["an unknown context", ["vault", "--context", "x"], {}, /no context x/],
    ];
  for (const [what, args, answers, says] of refusals)
    it(`refuses ${what} in a sentence`, async () => {
      Object.assign(api.answers, answers);
      api.otherwise = 401;
      const { code, stderr } = await backup(...args);
      assert.equal(code, 1);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /^ +at /m);
    });
});
