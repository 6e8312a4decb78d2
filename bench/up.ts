import { repository } from "../local/lib/paths.ts";
import { type Heard, longestChain, stepsOf } from "./chain.ts";
import { measure, type Run } from "./measure.ts";
import { type Benchmark, compared, type Comparison, type Line, type Sample } from "./pairs.ts";
import { local } from "./platform.ts";
import { previewOf, resourcesOf } from "./stacks.ts";

/** Each takes several minutes. */
const mostPairs = 2;
/** After each `up`. */
const previews = 4;

const lines = {
  up: { name: "first pulumi up / of the earlier commit", goals: { seconds: 0.6 } },
  chain: {
    name: "first pulumi up / the longest chain of its resources' own times",
    goals: { seconds: 1.2 },
  },
  make: {
    name: "make up, tools and images cached / of the earlier commit",
    goals: { seconds: 0.6, memory: 0.7 },
  },
  preview: {
    name: "no-op preview / of the earlier commit",
    goals: { seconds: 0.5, cpu: 0.5, memory: 0.7 },
  },
} satisfies Record<string, Line>;

/** From no cluster to a link, and what a preview takes on it; on clusters of its own, one after the other. */
export const up: Benchmark = {
  needs: "no cluster",
  lines: Object.values(lines),
  measure: async ({ pairs, base }) => {
    const [ours, theirs]: [Brought[], Brought[]] = [[], []];
    for (let round = 0; round < Math.min(pairs, mostPairs); round++) {
      if (base !== undefined) theirs.push(await bringUp(base));
      ours.push(await bringUp(repository));
    }
    const against = (name: "up" | "make") =>
      compared(
        lines[name],
        ours.map((one) => one[name]),
        theirs.map((one) => one[name]),
      );
    const found: Comparison[] = [
      compared(
        lines.chain,
        ours.map((one) => one.up),
        ours.map((one) => one.chain),
      ),
    ];
    if (base === undefined) return found;
    const all = (side: Brought[]) => side.flatMap((one) => one.previews);
    const preview = compared(lines.preview, all(ours), all(theirs));
    return [against("up"), ...found, against("make"), preview];
  },
};

interface Brought {
  /** The whole command, from no cluster to a link. */
  make: Run;
  /** The engine's part of it. */
  up: Sample;
  chain: Sample;
  previews: Run[];
}

async function bringUp(cwd: string): Promise<Brought> {
  await local("clean", cwd);
  const heard: Heard[] = [];
  const begun = performance.now();
  const hear = (line: string) => heard.push({ at: (performance.now() - begun) / 1000, line });
  const make = await measure({ command: "make", args: ["up"], cwd, env: {}, hear });
  const steps = stepsOf(heard, await resourcesOf("dev"));
  const preview = { ...previewOf("dev"), cwd };
  if (cwd === repository) await measure(previewOf("dev", "--expect-no-changes"));
  const runs: Run[] = [];
  for (let run = 0; run <= previews; run++) runs.push(await measure(preview));
  return {
    make,
    up: { seconds: timeOf(heard, /^Duration: /) - timeOf(heard, /pulumi up: /) },
    chain: { seconds: longestChain(steps) },
    // The first one fills the caches.
    previews: runs.slice(1),
  };
}

const timeOf = (heard: Heard[], text: RegExp): number =>
  heard.find(({ line }) => text.test(line))?.at ?? Number.NaN;
