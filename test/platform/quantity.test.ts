import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatCores, formatMemory, parseQuantity } from "../../platform/quantity.ts";

describe("Quantities", () => {
  it("are read in every form that the settings allow", () => {
    const forms: [string, number][] = [
      ["250m", 0.25],
      ["2", 2],
      ["0.5", 0.5],
      ["1k", 1000],
      ["1M", 1e6],
      ["1G", 1e9],
      ["1T", 1e12],
      ["1Ki", 1024],
      ["512Mi", 512 * 2 ** 20],
      ["1.5Gi", 1.5 * 2 ** 30],
      ["1Ti", 2 ** 40],
    ];
    for (const [text, value] of forms) assert.equal(parseQuantity(text), value, text);
  });

  it("are written as the API server writes them back", () => {
    assert.deepEqual([0.25, 2, 3.72, 0.0001].map(formatCores), ["250m", "2", "3720m", "1m"]);
    assert.deepEqual([2 ** 30, 2 ** 29, 3 * 2 ** 29, 1].map(formatMemory), [
      "1Gi",
      "512Mi",
      "1536Mi",
      "1Mi",
    ]);
  });
});
