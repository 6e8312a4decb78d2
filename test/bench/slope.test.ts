import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { slope } from "../../bench/slope.ts";

describe("The slope of log time over log size", () => {
  const sizes = [1, 3, 10, 30, 100];
  const of = (seconds: (size: number) => number) =>
    slope(sizes.map((size) => ({ size, seconds: seconds(size) })));

  it("is the power with which time grows", () => {
    assert.ok(Math.abs(of((size) => 3 * size) - 1) < 1e-9);
    assert.ok(Math.abs(of((size) => 0.1 * size ** 2) - 2) < 1e-9);
    assert.ok(Math.abs(of(() => 7)) < 1e-9);
  });

  it("is below 1 where something is paid once", () => {
    const grows = of((size) => 5 + size);
    assert.ok(grows > 0.3 && grows < 0.8, String(grows));
  });
});
