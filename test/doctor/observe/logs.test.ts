import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { symptomsIn } from "../../../doctor/observe/logs.ts";

const started = "Initializing database if needed... Success!\nUpdating database...";

const cases: [what: string, log: string, minutes: number, symptoms: string[]][] = [
  ["a start that waits for the lock", started, 2, ["waits-for-migration"]],
  ["its first step", "Initializing database if needed...\n", 2, ["waits-for-migration"]],
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
