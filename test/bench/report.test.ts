import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { compared, type Comparison, type Line } from "../../bench/pairs.ts";
import { lines } from "../../bench/benchmarks.ts";
import { page, picture, type Results } from "../../bench/report.ts";

describe("The page of figures", () => {
  const fast = { name: "a / b", goals: { seconds: 0.5 } };
  const never = { name: "c / d", goals: { throughput: 0.95, p99: 1.1 } };
  const results = {
    machine: "2 cores",
    comparisons: { one: [compared(fast, [{ seconds: 3, cpu: 1 }], [{ seconds: 4, cpu: 2 }])] },
  };
  const rows = async (lines: Line[]) =>
    (await page(results, lines))
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(2)
      .map((line) => line.replaceAll(/ +/g, " "));

  it("has a row for each line, and says which goal is missed", async () => {
    assert.deepEqual(await rows([fast]), [
      "| a / b | time 0.5: missed | time **0.75** (0.75-0.75), CPU **0.50** (0.50-0.50) | 3.0 s / 4.0 s, 1.0 s / 2.0 s | 1 |",
    ]);
  });

  it("measures by the goals of today, not by those of the run", async () => {
    assert.match((await rows([{ ...fast, goals: { seconds: 0.8 } }]))[0] ?? "", /\| time 0.8 \|/);
  });

  it("says what was not measured, and invents no figure for it", async () => {
    assert.deepEqual(await rows([never]), [
      "| c / d | throughput 0.95, p99 1.1 | not measured here | | |",
    ]);
  });

  it("says once what is to be known of several lines", async () => {
    const noted = { ...fast, note: "A note." };
    const text = await page(results, [noted, { ...never, note: "A note." }]);
    assert.equal(text.match(/^- A note\.$/gm)?.length, 1);
  });

  it("says of what was measured where the figures come from", async () => {
    const [one] = results.comparisons.one;
    const comparisons = { one: [{ ...(one as Comparison), evidence: "It waits." }] };
    assert.match(await page({ ...results, comparisons }, [fast]), /^- a \/ b: It waits\.$/m);
  });

  it("is docs/performance.md, of all that has been measured (`make bench ONLY=report` writes it)", async () => {
    const measured = JSON.parse(readFileSync("bench/results.json", "utf8")) as Results;
    assert.equal(readFileSync("docs/performance.md", "utf8"), await page(measured, lines));
  });

  it("draws what was measured", () => {
    const { "performance.svg": svg = "" } = picture(results);
    assert.match(svg, /^<svg/);
    assert.match(svg, />0.75</);
  });
});
