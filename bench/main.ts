/**
 * make bench [ONLY=preview] [BASE=8387b30] [PAIRS=7]: measures beside each other what one would use instead, and writes
 * bench/results.json and docs/performance.md with its pictures. All but `plan` and `judge` need the local cluster with stack dev (make
 * up), and change nothing there. An earlier commit is checked out beside for as long as it takes.
 */

import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { endWithSentence, LocalError } from "../local/lib/failure.ts";
import { repository } from "../local/lib/paths.ts";
import { endChildrenWithUs, run } from "../local/lib/run.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { benchmark as judge } from "./judge.ts";
import { benchmark as pack } from "./pack.ts";
import { missed, usualPairs } from "./pairs.ts";
import { benchmark as plan } from "./plan.ts";
import { benchmark as preview } from "./preview.ts";
import { page, picture, type Results } from "./report.ts";

const benchmarks = { plan, judge, preview, pack };
type Name = keyof typeof benchmarks;

const results = join(repository, "bench/results.json");

async function main(): Promise<void> {
  const text = { type: "string", default: "" } as const;
  const { only, base, pairs } = parseArgs({
    options: { only: text, base: text, pairs: text },
  }).values;
  const names = chosen(only);
  const measured = (await readResults()).comparisons;
  await withBase(base, async (folder) => {
    for (const name of names) {
      console.log(`Benchmark ${name}`);
      const comparisons = await benchmarks[name]({ base: folder, pairs: numberOfPairs(pairs) });
      if (comparisons.length > 0) measured[name] = comparisons;
      for (const sentence of comparisons.flatMap(missed)) console.log(`  missed: ${sentence}`);
    }
  });
  await write({ machine: machine(), comparisons: measured });
}

function chosen(only: string): Name[] {
  const known = Object.keys(benchmarks) as Name[];
  if (only === "") return known;
  const found = known.filter((name) => name === only);
  if (found.length === 0)
    throw new LocalError(`There is no benchmark ${only}: ONLY is one of ${known.join(", ")}.`);
  return found;
}

function numberOfPairs(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  if (text === "") return usualPairs;
  throw new LocalError(`PAIRS is a number from 1 to 99, not ${text}.`);
}

/** Checks an earlier commit out beside, with its packages, for as long as the work takes. */
async function withBase(
  commit: string,
  work: (folder: string | undefined) => Promise<void>,
): Promise<void> {
  if (commit === "") return work(undefined);
  return inScratch(async (scratch) => {
    const folder = join(scratch, commit);
    try {
      await run("git", ["-C", repository, "worktree", "add", "--detach", folder, commit]);
      await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
      await work(folder);
    } finally {
      await run("git", ["-C", repository, "worktree", "remove", "--force", folder]);
    }
  });
}

async function readResults(): Promise<Results> {
  try {
    return JSON.parse(await readFile(results, "utf8")) as Results;
  } catch {
    return { machine: "", comparisons: {} };
  }
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB, Linux ${release()}, Node ${process.versions.node}`;
}

async function write(measured: Results): Promise<void> {
  const draw = Object.entries(picture(measured));
  for (const [name, svg] of draw) await writeFile(join(repository, "docs", name), svg);
  const text = await format(page(measured), { parser: "markdown", printWidth: 128 });
  await writeFile(join(repository, "docs/performance.md"), text);
  await writeFile(results, `${JSON.stringify(measured, null, 2)}\n`);
  console.log("Written: bench/results.json, docs/performance.md and its pictures");
}

endChildrenWithUs();
await endWithSentence(main);
