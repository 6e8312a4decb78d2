import type { Run } from "./measure.ts";

/** The median of so many pairs' ratios is within a few hundredths on a machine that has nothing else to do. */
export const usualPairs = 7;

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** One side of a comparison, as its runs were. */
type Figures = Record<keyof Run, Spread>;

/** Two sides that ran in turns. A ratio is the median of the pairs' ratios; it is the result, and seconds are the context. */
export interface Comparison {
  name: string;
  subject: Figures;
  baseline: Figures;
  ratios: Figures;
  pairs: number;
  /** What the ratios should not be above. */
  goals: Partial<Record<keyof Run, number>>;
}

/** What a benchmark is asked for. */
export interface Wish {
  pairs: number;
  /** The folder of an earlier commit to compare with. */
  base?: string;
}

const quantities = ["seconds", "cpu", "memory", "processes"] as const;

export interface Sides {
  name: string;
  pairs: number;
  goals: Comparison["goals"];
  subject: () => Promise<Run>;
  baseline: () => Promise<Run>;
}

/** Runs both sides in turns, so that whatever else the machine does meets both; each first once to fill its caches. */
export async function compare({
  name,
  pairs,
  goals,
  subject,
  baseline,
}: Sides): Promise<Comparison> {
  await subject();
  await baseline();
  const [ours, theirs]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < pairs; round++) {
    // Neither side always goes first.
    if (round % 2 === 0) ours.push(await subject());
    theirs.push(await baseline());
    if (round % 2 === 1) ours.push(await subject());
  }
  return {
    name,
    pairs,
    goals,
    subject: figures(ours),
    baseline: figures(theirs),
    ratios: eachQuantity((of) =>
      spread(ours.map((run, round) => run[of] / (theirs[round]?.[of] ?? Number.NaN))),
    ),
  };
}

/** Says for each goal that is not reached by how much. */
export const missed = ({ name, ratios, goals }: Comparison): string[] =>
  quantities.flatMap((of) => {
    const goal = goals[of];
    if (goal === undefined || ratios[of].median <= goal) return [];
    return [`${name}: ${of} ${ratios[of].median.toFixed(2)}, goal ${goal}`];
  });

const figures = (runs: Run[]) => eachQuantity((of) => spread(runs.map((run) => run[of])));

const eachQuantity = (make: (of: keyof Run) => Spread): Figures => ({
  seconds: make("seconds"),
  cpu: make("cpu"),
  memory: make("memory"),
  processes: make("processes"),
});

export function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
