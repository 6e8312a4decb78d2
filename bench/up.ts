import { LocalError } from "../local/lib/failure.ts";
import { repository } from "../local/lib/paths.ts";
import { chainSentence, type Heard, longestChain, type Step, stepsOf, timeOf } from "./chain.ts";
import { measure, type Run, stopMeasured } from "./measure.ts";
import { type Benchmark, compared, type Comparison, type Line, type Sample } from "./pairs.ts";
import { asUser, local } from "./platform.ts";
import { programsSentence } from "./programs.ts";
import { previewOf, resourcesOf } from "./stacks.ts";

/** A pair takes ten minutes. */
const mostPairs = 1;
/** After each `up`. */
const previews = 4;

const lines = {
  up: {
    name: "first pulumi up / of the earlier commit",
    goals: { seconds: 0.6 },
    note:
      "A first up is a chain, and its two longest steps are waits that the parts impose. External Secrets' chart 0.20.4 lets its " +
      "webhook be asked 20 s after it starts, which no value changes, once its definitions are made (8 to 14 s). The Redis " +
      "operator 1.2.4 lets a sentinel be asked 30 s after it starts, and its servers need the password that External Secrets " +
      "brings. Vault and PostgreSQL run beside them. Tried: to have the operator look sooner than each 30 s, which its sentinels do " +
      "not wait for; and to bring images while the cluster starts, which takes as long, as both cores are busy.",
  },
  chain: {
    name: "first pulumi up / the longest chain of its resources' own times",
    goals: { seconds: 1.2 },
  },
  make: {
    name: "make up, tools and images cached / of the earlier commit",
    goals: { seconds: 0.6, memory: 0.7 },
    note:
      "A warm make up: up takes three quarters of it; most of the rest is containerd's unpacking of twenty images, which a cluster " +
      "has of its own, beside its start. Its memory is that of the same parts on both sides, the API server first. With GOGC=50 " +
      "that one took 500 instead of 600 MiB, for more processor time while everything waits for it; it was left.",
  },
  preview: {
    name: "no-op preview / of the earlier commit",
    goals: { seconds: 0.5, cpu: 0.5, memory: 0.7 },
    note:
      "A preview beside the earlier commit: the same resources in one flat file, without a look at the cluster, a setting or a " +
      "component, take more than half of the earlier commit's time and CPU by themselves (the line of the flat file): what is " +
      "left is the engine, the plugins and a call for each resource. GOGC=200 in the environment of pulumi, with which engine and " +
      "plugins collect their garbage half as often, takes 0.92 of the time, 0.90 of the CPU and 1.11 of the memory (medians of " +
      "five turns); it is left to whoever has the memory, as 400 takes no less time and 1.31 of the memory.",
  },
} satisfies Record<string, Line>;

/** From no cluster to a link, and what a preview takes on it; on clusters of its own, one after the other. */
export const up: Benchmark = {
  needs: "no cluster",
  lines: Object.values(lines),
  minutes: { own: 5, base: 5 },
  measure: async ({ pairs, base }) => {
    const [ours, theirs]: [Brought[], Brought[]] = [[], []];
    for (const side of [repository, base ?? []].flat()) await fillCaches(side);
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
      {
        ...compared(
          lines.chain,
          ours.map((one) => one.up),
          ours.map(({ chain }) => ({ seconds: timeOf(chain) })),
        ),
        evidence: ours.map(({ chain }) => chainSentence(chain)).join(" "),
      },
    ];
    if (base === undefined) return found;
    const all = (side: Brought[]) => side.flatMap((one) => one.previews);
    const made = [ours, theirs].map((side) => side.map((one) => one.make)) as [Run[], Run[]];
    const previewed = [all(ours), all(theirs)] as const;
    return [
      against("up"),
      ...found,
      { ...against("make"), evidence: programsSentence(...made) },
      { ...compared(lines.preview, ...previewed), evidence: programsSentence(...previewed) },
    ];
  },
};

interface Brought {
  /** The whole command, from no cluster to a link. */
  make: Run;
  /** The engine's part of it. */
  up: Sample;
  chain: Step[];
  previews: Run[];
}

/** Lets a side build and fetch what it keeps, and ends it when it would begin with the stack. */
async function fillCaches(cwd: string): Promise<void> {
  let prepared = false;
  const hear = (line: string) => {
    if (prepared || !stackBegins.test(line)) return;
    prepared = true;
    stopMeasured();
  };
  const failed = await measure({ ...asUser("up", cwd), hear }).then(
    () => new LocalError("make up says no more when it begins with the stack."),
    (error: unknown) => error,
  );
  await local("clean", cwd);
  if (!prepared) throw failed;
}

const stackBegins = /pulumi up: /;

/** Each side cleans up after itself: it knows what it made. */
async function bringUp(cwd: string): Promise<Brought> {
  try {
    return await broughtUp(cwd);
  } finally {
    await local("clean", cwd);
  }
}

async function broughtUp(cwd: string): Promise<Brought> {
  const heard: Heard[] = [];
  const begun = performance.now();
  const hear = (line: string) => heard.push({ at: (performance.now() - begun) / 1000, line });
  const make = await measure({ ...asUser("up", cwd), hear });
  const steps = stepsOf(heard, await resourcesOf("dev"));
  const preview = { ...previewOf("dev"), cwd };
  if (cwd === repository) await measure(previewOf("dev", "--expect-no-changes"));
  const runs: Run[] = [];
  for (let run = 0; run <= previews; run++) runs.push(await measure(preview));
  return {
    make,
    up: { seconds: momentOf(heard, /^Duration: /) - momentOf(heard, stackBegins) },
    chain: longestChain(steps),
    // The first one fills the caches.
    previews: runs.slice(1),
  };
}

const momentOf = (heard: Heard[], text: RegExp): number =>
  heard.find(({ line }) => text.test(line))?.at ?? Number.NaN;
