import { LocalError } from "../local/lib/failure.ts";
import { repository } from "../local/lib/paths.ts";
import { blows, interrupt } from "./interrupt.ts";
import { measure } from "./measure.ts";
import { type Benchmark, compare, type Line, type Sample } from "./pairs.ts";
import { local } from "./platform.ts";
import { previewOf } from "./stacks.ts";

const [strikes, step] = [10, 9];

const line: Line = {
  name: `make up, its engine killed (-9) at ${strikes} points / uninterrupted`,
  goals: {},
};

/** What is lost when the engine is killed again and again; each time the same command goes on. One pair takes seven minutes. */
export const recovery: Benchmark = {
  needs: "no cluster",
  lines: [line],
  minutes: { own: 7, base: 0 },
  measure: async () => [
    await compare({ ...line, pairs: 1, cold: true, subject: struck, baseline: uninterrupted }),
  ],
};

async function struck(): Promise<Sample> {
  await local("clean");
  const begun = performance.now();
  for (let strike = 0; strike < strikes; strike++) {
    const { done, output } = await interrupt("up", step, blows.engine);
    if (done < step)
      throw new LocalError(`make up ended before it was struck: ${output.slice(-2000)}`);
  }
  await up();
  const seconds = (performance.now() - begun) / 1000;
  // It has come to the same end: nothing is missing, nothing is there twice.
  await measure(previewOf("dev", "--expect-no-changes"));
  return { seconds };
}

async function uninterrupted(): Promise<Sample> {
  await local("clean");
  const { seconds } = await up();
  return { seconds };
}

const up = () =>
  measure({ command: process.execPath, args: ["local/main.ts", "up"], cwd: repository, env: {} });
