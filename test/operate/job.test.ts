import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Ask } from "../../effects/api.ts";
import { type CronJob, followJob, type Job, startJob } from "../../operate/job.ts";

const path = "/apis/batch/v1/namespaces/postgres";
const job: Job = { metadata: { name: "made", namespace: "postgres" } };
const complete = { ...job, status: { conditions: [{ type: "Complete", status: "True" }] } };
const refusal = { message: "not now" };

describe("A Job that is followed", () => {
  /** What the API server answers, one after another, and then for ever; an Error is no answer. */
  let answers: ({ status: number; body: object } | Error)[];
  let looks: number;
  let told: string[];
  const ask = ((): Promise<unknown> => {
    looks += 1;
    const [next] = answers.length > 1 ? answers.splice(0, 1) : answers;
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  }) as Ask;
  beforeEach(() => {
    [looks, told] = [0, []];
  });
  const follow = () =>
    followJob(ask, job, {
      minutes: 60,
      report: (line) => void told.push(line),
      pause: () => Promise.resolve(),
    });

  it("is asked for again where the API server is busy, starts anew, or gives no answer", async () => {
    const good = { status: 200, body: { ...job, status: { active: 1 } } };
    answers = [
      { status: 500, body: refusal },
      { status: 500, body: refusal },
      { status: 429, body: refusal },
      new Error("The Kubernetes API server cannot be used."),
      good,
      { status: 503, body: refusal },
      { status: 200, body: complete },
    ];
    await follow();
    assert.deepEqual(told, [
      "Asking again: HTTP 500, not now",
      "Asking again: HTTP 429, not now",
      "Asking again: The Kubernetes API server cannot be used.",
      "1 pods run",
      "Asking again: HTTP 503, not now",
      "Job postgres/made is done",
    ]);
  });

  for (const last of [{ status: 500, body: refusal }, new Error("no way")])
    it(`is given up where the API server goes on with ${last instanceof Error ? "silence" : "500"}, and said to go on`, async () => {
      answers = [last];
      await assert.rejects(
        follow(),
        /^Error: Job postgres\/made cannot be seen \((HTTP 500, not now|no way)\); it goes on: kubectl -n postgres get job made$/,
      );
      assert.equal(looks, 31);
    });

  for (const [status, sentence] of [
    [401, /cannot be read: HTTP 401, not now\. It goes on without this command/],
    [403, /cannot be read: HTTP 403, not now\./],
    [404, /was deleted before its end/],
  ] as const)
    it(`is given up at once where the answer is ${status}`, async () => {
      answers = [{ status, body: refusal }];
      await assert.rejects(follow(), sentence);
      assert.equal(looks, 1);
    });

  it("is not made where nobody can say whether one runs already", async () => {
    answers = [{ status: 403, body: refusal }];
    const metadata = { name: "full", namespace: "postgres", uid: "u" };
    const schedule: CronJob = { metadata, spec: { jobTemplate: { spec: {} } } };
    await assert.rejects(
      startJob(ask, path, schedule, () => undefined),
      /^Error: The list of Jobs in postgres cannot be read: not now \(HTTP 403\)\. Use an account that may, or another context\.$/,
    );
    assert.equal(looks, 1);
  });
});
