import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { benchmarks, lines, whole } from "../../bench/benchmarks.ts";
import { minutesOf } from "../../bench/pairs.ts";
import { stackMinutes } from "../../bench/platform.ts";

describe("make bench", () => {
  it("takes no more than 75 minutes beside an earlier commit, but for what has to be named", () => {
    const all = whole.map((name) => benchmarks[name]);
    const minutes = minutesOf(all, true) + stackMinutes;
    assert.ok(minutes <= 75, String(minutes));
    const left = Object.keys(benchmarks).filter((name) => !whole.some((one) => one === name));
    assert.deepEqual(left, ["cold"]);
  });

  it("has one row for each line", () => {
    const names = lines.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
  });
});
