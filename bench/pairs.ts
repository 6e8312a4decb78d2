/** The median of so many pairs' ratios is within a few hundredths on a machine that has nothing else to do. */
export const usualPairs = 7;

/** Everything that is measured, by its name, with its unit; what is better when there is more of it says so. */
const quantities = {
  seconds: { label: "time", unit: "s", digits: 1 },
  cpu: { label: "CPU", unit: "s", digits: 1 },
  memory: { label: "memory", unit: "MiB", digits: 0 },
  processes: { label: "processes", unit: "", digits: 0 },
  rpcs: { label: "RPCs", unit: "", digits: 0 },
  providers: { label: "plugins' processes", unit: "", digits: 0 },
  modules: { label: "modules", unit: "", digits: 0 },
  state: { label: "state", unit: "KiB", digits: 0 },
  requests: { label: "requests", unit: "", digits: 0 },
  writes: { label: "writes", unit: "", digits: 0 },
  objects: { label: "objects written", unit: "", digits: 0 },
  throughput: { label: "throughput", unit: "/s", digits: 0, moreIsBetter: true },
  p50: { label: "p50", unit: "ms", digits: 1 },
  p99: { label: "p99", unit: "ms", digits: 1 },
  gateway: { label: "the gateway's CPU for each", unit: "µs", digits: 0 },
  slope: { label: "slope", unit: "", digits: 2 },
} satisfies Record<string, QuantityForm>;

export interface QuantityForm {
  label: string;
  unit: string;
  digits: number;
  moreIsBetter?: boolean;
}

export type Quantity = keyof typeof quantities;
/** What one run took. */
export type Sample = Partial<Record<Quantity, number>>;
/** What a ratio should not be above, or below where more is better. */
export type Goals = Sample;

export const formOf = (quantity: Quantity): QuantityForm => quantities[quantity];

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** One side of a comparison, as its runs were. */
export type Figures = Partial<Record<Quantity, Spread>>;

/** What is compared with what. */
export interface Line {
  name: string;
  goals: Goals;
  /** What is to be known of the figures: how they were taken, or why a goal is missed and what was tried. */
  note?: string;
}

/** Two sides that ran in turns. A ratio is the median of the pairs' ratios; it is the result, and seconds are the context. */
export interface Comparison extends Line {
  subject: Figures;
  baseline: Figures;
  ratios: Figures;
  pairs: number;
  /** A sentence of these runs that says where their figures come from. */
  evidence?: string;
}

/** What a benchmark is asked for. */
export interface Wish {
  pairs: number;
  /** The folder of an earlier commit to compare with. */
  base?: string;
}

/** One file of this folder. */
export interface Benchmark {
  /** What it needs: nothing, running stack dev, or a machine without a cluster, which it leaves so. */
  needs: "nothing" | "stack" | "no cluster";
  /** All that it can measure; those against an earlier commit need one. */
  lines: Line[];
  /** About how many minutes it takes on two cores by itself, and how many more beside an earlier commit. */
  minutes: { own: number; base: number };
  /** It takes so long that it is measured only when it is named. */
  named?: true;
  measure(wish: Wish): Promise<Comparison[]>;
}

export interface Sides extends Line {
  pairs: number;
  subject: () => Promise<Sample>;
  baseline: () => Promise<Sample>;
  /** Neither side has a cache that its first run would fill. */
  cold?: boolean;
  /** Both run at one time, since what they share varies more from run to run than they differ. */
  together?: boolean;
}

/** Runs both sides in turns, so that whatever else the machine does meets both; each first once to fill its caches. */
export async function compare(sides: Sides): Promise<Comparison> {
  const { cold, subject, baseline, together, ...line } = sides;
  if (cold !== true) {
    await subject();
    await baseline();
  }
  const [ours, theirs]: [Sample[], Sample[]] = [[], []];
  for (let round = 0; round < line.pairs; round++) {
    const [our, their] = await (together === true ? atOnce(sides) : inTurn(sides, round));
    ours.push(our);
    theirs.push(their);
  }
  return compared(line, ours, theirs);
}

type Pair = [ours: Sample, theirs: Sample];

const atOnce = ({ subject, baseline }: Sides): Promise<Pair> =>
  Promise.all([subject(), baseline()]);

/** Neither side always goes first. */
async function inTurn({ subject, baseline }: Sides, round: number): Promise<Pair> {
  if (round % 2 === 0) return [await subject(), await baseline()];
  const theirs = await baseline();
  return [await subject(), theirs];
}

/** Makes a comparison of runs that are over, of which both sides have as many. */
export function compared(line: Line, ours: Sample[], theirs: Sample[]): Comparison {
  const ratio = (of: Quantity) => (run: Sample, round: number) =>
    (run[of] ?? Number.NaN) / (theirs[round]?.[of] ?? Number.NaN);
  const { name, goals } = line;
  return {
    name,
    pairs: ours.length,
    goals,
    subject: figures(ours, (of) => ours.map((run) => run[of] ?? Number.NaN)),
    baseline: figures(theirs, (of) => theirs.map((run) => run[of] ?? Number.NaN)),
    ratios: figures(ours, (of) => ours.map(ratio(of))),
  };
}

/** About how many minutes some benchmarks take together. */
export const minutesOf = (some: Pick<Benchmark, "minutes">[], base: boolean): number =>
  some.reduce((sum, { minutes }) => sum + minutes.own + (base ? minutes.base : 0), 0);

/** Says for each goal that is not reached by how much. */
export const missed = ({ name, ratios, goals }: Comparison): string[] =>
  quantitiesOf(goals).flatMap((of) => {
    const [goal = Number.NaN, median = Number.NaN] = [goals[of], ratios[of]?.median];
    if (formOf(of).moreIsBetter === true ? median >= goal : median <= goal) return [];
    return [`${name}: ${formOf(of).label} ${median.toFixed(2)}, goal ${goal}`];
  });

/** Which quantities there are, in the order of the table. */
export const quantitiesOf = (of: Partial<Record<Quantity, unknown>>): Quantity[] =>
  (Object.keys(quantities) as Quantity[]).filter((quantity) => of[quantity] !== undefined);

function figures(runs: Sample[], values: (of: Quantity) => number[]): Figures {
  const [first = {}] = runs;
  return Object.fromEntries(
    quantitiesOf(first)
      .map((of) => [of, spread(values(of))] as const)
      // Nothing is so many times as much as none.
      .filter(([, { min, max }]) => Number.isFinite(min) && Number.isFinite(max)),
  );
}

export function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(sorted.length - 1) };
}
