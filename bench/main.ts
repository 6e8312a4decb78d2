/**
 * make bench [ONLY=preview or 1] [BASE=8387b30] [PAIRS=7]: measures beside each other what one would use instead, and writes
 * bench/results.json and docs/performance.md with its pictures. Running stack dev is used as it is and left so; where none runs,
 * one is brought up, and gone at the end. An earlier commit is checked out beside for as long as it takes. ONLY=cold builds all
 * tools, once for each side, and is measured only so. ONLY=report measures nothing, and writes the page anew.
 */

import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endWithSentence, LocalError } from "../local/lib/failure.ts";
import { repository } from "../local/lib/paths.ts";
import { run, stopChildren } from "../local/lib/run.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { benchmarks, lines, type Name, whole } from "./benchmarks.ts";
import { stopMeasured } from "./measure.ts";
import { type Benchmark, minutesOf, missed, usualPairs, type Wish } from "./pairs.ts";
import { local, stackMinutes, withoutCluster, withStack } from "./platform.ts";
import { page, picture, type Results } from "./report.ts";

const names = Object.keys(benchmarks) as Name[];

const results = join(repository, "bench/results.json");

/** Whether somebody asked this process to end. */
let interrupted = false;

async function main(): Promise<void> {
  const text = { type: "string", default: "" } as const;
  const { only, base, pairs } = parseArgs({
    options: { only: text, base: text, pairs: text },
  }).values;
  const wanted = chosen(only);
  const measured = await readResults();
  if (wanted.length === 0) return write(measured);
  announce(wanted, base !== "");
  await withBase(base, async (folder) => {
    const wish = { base: folder, pairs: numberOfPairs(pairs) };
    await performAll(wanted, (name) => perform(name, wish, measured));
  });
}

/** Measures all; one that fails costs the others nothing. */
async function performAll(wanted: Name[], work: (name: Name) => Promise<void>): Promise<void> {
  const failed: Name[] = [];
  const all = async (needs: Benchmark["needs"]) => {
    for (const name of wanted.filter((one) => benchmarks[one].needs === needs)) {
      try {
        await work(name);
      } catch (error) {
        if (!(error instanceof LocalError) || interrupted) throw error;
        console.error(`Benchmark ${name} failed: ${error.message}`);
        failed.push(name);
        if (needs === "no cluster") await local("clean");
      }
    }
  };
  const some = (needs: Benchmark["needs"]) =>
    wanted.some((name) => benchmarks[name].needs === needs);
  await all("nothing");
  if (some("stack")) await withStack(() => all("stack"));
  if (some("no cluster")) await withoutCluster(() => all("no cluster"));
  if (failed.length > 0)
    throw new LocalError(`Not measured: ${failed.join(", ")}, for the reasons above.`);
}

/** Measures one and keeps what it finds. */
async function perform(name: Name, wish: Wish, measured: Results): Promise<void> {
  const minutes = minutesOf([benchmarks[name]], wish.base !== undefined);
  console.log(`Benchmark ${name}: about ${minutes} min`);
  const begun = performance.now();
  const found = await benchmarks[name].measure(wish);
  const took = (performance.now() - begun) / 60_000;
  console.log(`Benchmark ${name}: took ${took.toFixed(1)} min`);
  for (const sentence of found.flatMap(missed)) console.log(`  missed: ${sentence}`);
  if (found.length === 0) return;
  measured.comparisons[name] = found;
  await write({ ...measured, machine: machine() });
}

/** Says how long it will take, with the stack that has to be brought up for some. */
function announce(wanted: Name[], base: boolean): void {
  const some = wanted.map((name) => benchmarks[name]);
  const stack = some.some(({ needs }) => needs === "stack") ? stackMinutes : 0;
  console.log(`About ${minutesOf(some, base) + stack} min: ${wanted.join(", ")}`);
}

function chosen(only: string): Name[] {
  if (only === "") return whole;
  if (only === "report") return [];
  const found = names.filter((name, index) => name === only || String(index + 1) === only);
  if (found.length === 0)
    throw new LocalError(
      `There is no benchmark ${only}: ONLY is one of ${names.join(", ")}, or its number; or report.`,
    );
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
    await run("git", ["clone", "--quiet", "--shared", "--no-checkout", repository, folder]);
    await run("git", ["-C", folder, "checkout", "--quiet", "--detach", commit]);
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
    await work(folder);
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
  const load = loadavg()[0]?.toFixed(1);
  return `${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB, Linux ${release()}, Node ${process.versions.node}; load ${load} after the last run`;
}

/** Writes the page and what it is made of. */
async function write(measured: Results): Promise<void> {
  const draw = Object.entries(picture(measured));
  for (const [name, svg] of draw) await writeFile(join(repository, "docs", name), svg);
  await writeFile(join(repository, "docs/performance.md"), await page(measured, lines));
  await writeFile(results, `${JSON.stringify(measured, null, 2)}\n`);
  console.log("Written: bench/results.json, docs/performance.md and its pictures");
}

// What runs fails then, and everything that was made for it is cleared away.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    interrupted = true;
    stopChildren();
    stopMeasured();
  });
await endWithSentence(main);
