import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Pod } from "../../../doctor/facts.ts";
import type { Access } from "../../../doctor/observe/access.ts";
import { readSymptoms, symptomsIn } from "../../../doctor/observe/logs.ts";
import { pgoKey } from "../../../platform/workloads.ts";
import { minutesAgo } from "../support/healthy.ts";

const started = "Initializing database if needed... Success!\nUpdating database...";

const cases: [what: string, log: string, minutes: number, symptoms: string[]][] = [
  ["a start that waits for the lock", started, 2, ["waits-for-migration"]],
  ["its first step", "Initializing database if needed...\n", 2, ["waits-for-migration"]],
  [
    "its first step where the runtime keeps a line back until its end",
    "",
    2,
    ["waits-for-migration"],
  ],
  [
    "its second step there",
    "Initializing database if needed... Success!\n",
    2,
    ["waits-for-migration"],
  ],
  ["no start of Shlink", "", 0, []],
  ["a start of this minute", started, 0.5, []],
  ["a step that is over", `${started} Success!\nGenerating proxies...`, 5, []],
  ["a step that failed", `${started}\n\n [ERROR] Error updating database.`, 5, []],
  [
    "a database that is away",
    "SQLSTATE[08006] [7] connection to server at",
    5,
    ["database-refused"],
  ],
  [
    "a restore without end",
    "FATAL:  recovery ended before configured recovery target was reached",
    5,
    ["target-not-reached"],
  ],
  ["an ordinary log", "RoadRunner server started", 5, []],
];

describe("The sentences that the doctor knows in logs", () => {
  for (const [what, log, minutes, symptoms] of cases)
    it(`tell ${what}`, () => {
      assert.deepEqual(symptomsIn(log, minutes), symptoms);
    });
});

/** A pod of an hour ago, whose one container has been running for so many minutes. */
const startedPod = (minutes: number, metadata: Pod["metadata"]): Pod => ({
  metadata: { creationTimestamp: minutesAgo(60), ...metadata },
  spec: { containers: [{ name: "shlink" }] },
  status: {
    phase: "Running",
    containerStatuses: [
      { name: "shlink", ready: false, state: { running: { startedAt: minutesAgo(minutes) } } },
    ],
  },
});

describe("An empty log", () => {
  const waiting = async (pod: Pod) => {
    const ask = () => Promise.resolve({ status: 200, body: { message: "" } });
    const found = await readSymptoms({ ask } as unknown as Access, [pod], Date.now());
    return found.known ? found.value.map(({ symptom }) => symptom) : found.why;
  };
  const server = { name: "shlink-0", namespace: "shlink", labels: { app: "shlink" } };
  const restore = {
    name: "shlink-db-restore-0",
    namespace: "postgres",
    labels: { [pgoKey("pgbackrest")]: "" },
  };

  it("is a start that waits where Shlink's container has been running for more than a minute", async () => {
    assert.deepEqual(await waiting(startedPod(2, server)), ["waits-for-migration"]);
  });

  it("is none of a container that has begun just now, however old its pod is", async () => {
    assert.deepEqual(await waiting(startedPod(0.5, server)), []);
  });

  it("is none of a restore", async () => {
    assert.deepEqual(await waiting(startedPod(2, restore)), []);
  });
});
