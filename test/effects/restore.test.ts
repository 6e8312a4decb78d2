import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import type { Ask } from "../../effects/api.ts";
import { awaitRestore, restoreSource } from "../../effects/restore.ts";

const conditions = [
  "jsonpath={.status.instances[0].readyReplicas}=3",
  "jsonpath={.status.usersRevision}",
];
const restore = { namespace: "postgres", name: "shlink-db", id: "one", conditions };
const ready = { instances: [{ readyReplicas: 3 }], usersRevision: "abc" };
const began = "2026-11-28T10:00:00Z";
const progress = (pgbackrest: object, rest: object = {}) => ({
  status: { ...rest, pgbackrest: { restore: { id: "one", ...pgbackrest } } },
});
const late =
  "FATAL:  recovery ended before configured recovery target was reached\nLOG:  startup process exited";

/** Waits while PGO says this, one after another and the last for ever; tells how often it was asked. */
async function wait(states: object[], log = "", deadline = 5): Promise<number> {
  let asked = 0;
  const cluster = () => Promise.resolve(states[Math.min(asked++, states.length - 1)] ?? {});
  await awaitRestore({ cluster, log: () => Promise.resolve(log), period: 0, deadline }, restore);
  return asked;
}

const refused = (states: object[], sentence: RegExp, log?: string, deadline?: number) =>
  assert.rejects(wait(states, log, deadline), (error: Error) => {
    assert.ok(error instanceof pulumi.RunError);
    assert.match(error.message, sentence);
    assert.ok(!error.message.includes("\n"));
    return true;
  });

describe("A restore that the program waits for", () => {
  it("is over when it has succeeded and the servers are back, and not before", async () => {
    const states = [
      progress({}, ready),
      progress({ active: 1 }, ready),
      progress({ succeeded: 1, finished: true }, { instances: [{ readyReplicas: 1 }] }),
      progress({ succeeded: 1, finished: true }, { instances: [{ readyReplicas: 3 }] }),
      progress({ succeeded: 1, finished: true }, ready),
    ];
    assert.equal(await wait(states), 5);
  });

  it("is not taken for another one that was done before", async () => {
    const before = { status: { ...ready, pgbackrest: { restore: { id: "zero", succeeded: 1 } } } };
    const states = [before, progress({ succeeded: 1 }, ready)];
    assert.equal(await wait(states, late), 2);
  });

  it("is told apart at once when the archive does not reach its target, which PGO never does", () =>
    refused(
      [progress({ active: 1, startTime: began })],
      /one cannot end.*later than.*database\.restore\.id/,
      late,
    ));

  it("is not taken for the one before, whose pods still say that they cannot end", async () => {
    const states = [progress({}), progress({ succeeded: 1 }, ready)];
    assert.equal(await wait(states, late), 2);
  });

  it("is told when it has failed, with where to look", () =>
    refused(
      [progress({ failed: 7, finished: true })],
      /one failed.*kubectl -n postgres logs job\/shlink-db-pgbackrest-restore/,
    ));

  it("is given up in the end, and may be waited for again", () =>
    refused([progress({ active: 1 })], /not over after.*pulumi up/, "", 0.02));

  it("is looked at again where the API server gives no answer", async () => {
    const silent = (() => Promise.reject(new Error("no answer in 10 s"))) as Ask;
    const source = restoreSource(silent, restore);
    assert.deepEqual(await source.cluster(), {});
    assert.equal(await source.log(began), "");
  });

  it("is looked at through the API server, in the logs of all pods that were made for it", async () => {
    const answers: Record<string, object> = {
      "/shlink-db": progress({ active: 1 }),
      "job-name%3Dshlink-db-pgbackrest-restore": {
        items: ["a", "b", "before"].map((name) => ({
          metadata: {
            name,
            creationTimestamp: name === "before" ? "2026-11-28T09:59:59Z" : began,
          },
        })),
      },
      "/a/log": { message: "first\nlast" },
      "/before/log": { message: late },
    };
    const ask = ((path: string) => {
      const known = Object.keys(answers).find((part) => path.includes(part));
      const status = known === undefined ? 400 : 200;
      return Promise.resolve({ status, body: answers[known ?? ""] ?? { message: "not yet" } });
    }) as Ask;
    const source = restoreSource(ask, restore);
    assert.deepEqual(await source.cluster(), progress({ active: 1 }));
    assert.equal(await source.log(began), "first\nlast\n");
    const away = () => Promise.resolve({ status: 500, body: { message: "away" } });
    assert.deepEqual(await restoreSource(away as Ask, restore).cluster(), {});
  });
});
