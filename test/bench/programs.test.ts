import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Run, Share } from "../../bench/measure.ts";
import { programsSentence } from "../../bench/programs.ts";

describe("The programs of two sides' runs", () => {
  const run = (programs: Record<string, Share>): Run => ({
    seconds: 1,
    cpu: 10,
    memory: 400,
    processes: 3,
    programs,
  });

  it("are said with medians of each side, the greatest first, without what is too small for a word", () => {
    const engine = (cpu: number) => ({ pulumi: { cpu, memory: 100 }, sh: { cpu: 0.1, memory: 1 } });
    const ours = [engine(2), engine(4), engine(3)].map(run);
    const theirs = [run({ ...engine(1), node: { cpu: 5.06, memory: 200.4 } })];
    assert.equal(
      programsSentence(ours, theirs),
      "CPU by program: node 0.0 s / 5.1 s, pulumi 3.0 s / 1.0 s; " +
        "memory by program: node 0 MiB / 200 MiB, pulumi 100 MiB / 100 MiB.",
    );
  });
});
