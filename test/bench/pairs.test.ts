import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "mocha";
import {
  compare,
  compared as compareRuns,
  missed,
  type Sample,
  spread,
} from "../../bench/pairs.ts";

describe("A comparison", () => {
  const run = (seconds: number): Sample => ({ seconds, cpu: 1, memory: 100, processes: 3 });

  /** Sides whose runs take so many seconds, the first of them to fill the caches. */
  async function compared(ours: number[], theirs: number[], goal = 1) {
    const order: string[] = [];
    const side = (name: string, times: number[]) => () => {
      order.push(name);
      return Promise.resolve(run(times.shift() ?? Number.NaN));
    };
    const sides = { subject: side("s", ours), baseline: side("b", theirs) };
    const goals = { seconds: goal };
    const comparison = await compare({ name: "a / b", pairs: 3, goals, ...sides });
    return { comparison, order: order.join("") };
  }

  it("is the median of the pairs' ratios, without the runs that fill the caches", async () => {
    const { comparison } = await compared([99, 2, 3, 4], [99, 4, 4, 4]);
    assert.deepEqual(comparison.ratios.seconds, { median: 0.75, min: 0.5, max: 1 });
    assert.deepEqual(comparison.subject.seconds, { median: 3, min: 2, max: 4 });
  });

  it("lets neither side always go first", async () => {
    const { order } = await compared([1, 1, 1, 1], [1, 1, 1, 1]);
    assert.equal(order, "sbsbbssb");
  });

  it("runs both sides at one time where that is wanted, and neither without the other", async () => {
    let [running, most] = [0, 0];
    const side = async () => {
      most = Math.max(most, ++running);
      await setImmediate();
      running--;
      return run(1);
    };
    const sides = { subject: side, baseline: side, cold: true };
    const line = { name: "a / b", goals: {}, pairs: 2 };
    await compare({ ...line, ...sides });
    assert.equal(most, 1);
    const { pairs } = await compare({ ...line, ...sides, together: true });
    assert.deepEqual([most, pairs], [2, 2]);
  });

  it("says which goal is missed, and by how much", async () => {
    const times = () => [8, 8, 8, 8];
    const missing = await compared(times(), [4, 4, 4, 4], 1.5);
    assert.deepEqual(missed(missing.comparison), ["a / b: time 2.00, goal 1.5"]);
    const reached = await compared(times(), times());
    assert.deepEqual(missed(reached.comparison), []);
  });

  it("misses a goal of throughput from below, and one that was not measured", () => {
    const at = (throughput: number) =>
      missed(
        compareRuns(
          { name: "a / b", goals: { throughput: 0.95 } },
          [{ throughput }],
          [{ throughput: 100 }],
        ),
      );
    assert.deepEqual([at(95), at(120)], [[], []]);
    assert.deepEqual(at(94), ["a / b: throughput 0.94, goal 0.95"]);
    const other = compareRuns({ name: "a / b", goals: { writes: 1 } }, [{ p99: 1 }], [{ p99: 1 }]);
    assert.deepEqual(missed(other), ["a / b: writes NaN, goal 1"]);
  });

  it("has no ratio to a side that has none of a quantity", () => {
    const line = { name: "a / b", goals: {} };
    const found = compareRuns(line, [{ seconds: 1, providers: 4 }], [{ seconds: 2, providers: 0 }]);
    assert.deepEqual(found.ratios, { seconds: { median: 0.5, min: 0.5, max: 0.5 } });
    assert.deepEqual(found.baseline.providers, { median: 0, min: 0, max: 0 });
  });

  it("has no runs for caches where neither side has any", async () => {
    let runs = 0;
    const side = () => Promise.resolve({ seconds: ++runs });
    const line = { name: "a / b", goals: {} };
    const { pairs } = await compare({
      ...line,
      pairs: 1,
      cold: true,
      subject: side,
      baseline: side,
    });
    assert.deepEqual([runs, pairs], [2, 1]);
  });

  it("spreads from the least to the greatest", () => {
    assert.deepEqual(spread([10, 9, 1]), { median: 9, min: 1, max: 10 });
  });
});
