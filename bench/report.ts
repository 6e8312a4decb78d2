import { format } from "prettier";
import {
  type Comparison,
  type Figures,
  formOf,
  type Line,
  missed,
  type Quantity,
  quantitiesOf,
} from "./pairs.ts";

/** What is used of the library; its own types say nothing to a program of Node's modules. */
interface Library {
  init(
    element: null,
    theme: null,
    options: { renderer: "svg"; ssr: true; width: number; height: number },
  ): { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}
const library = (await import("echarts")) as unknown as Library;

export interface Results {
  machine: string;
  /** By the benchmark's name. */
  comparisons: Record<string, Comparison[]>;
}

/** The page that says what was measured of these lines, and what was not; ratios are the result, figures the context. */
export function page({ machine, comparisons }: Results, lines: Line[]): Promise<string> {
  const measured = Object.values(comparisons).flat();
  const rows = lines.map((line) => {
    const found = measured.find(({ name }) => name === line.name);
    return cells(found === undefined ? unmeasured(line) : row({ ...found, ...line }));
  });
  const head = ["what / instead", "goals", "ratios", "medians", "pairs"];
  const text = `# Performance

Written by \`make bench\` (\`bench/\`). Both sides of a line run in turns after one run that fills the caches, or at the same time where
a note says so: a ratio is the median of the pairs' ratios, with the least and the greatest. CPU is the user and system time of all
processes of the command, memory the most that they had at one time (shared pages in equal parts), requests and writes are
those of the API server's audit log, RPCs the calls between program, engine and plugins by the engine's own log, modules the
files that the program loads, state what the backend keeps of the stack. Below 1 is better than what it is compared with, for throughput above 1.

![Ratios of time and CPU](performance.svg)

${cells(head)}
${cells(head.map(() => "---"))}
${rows.join("\n")}

${[...notesOf(lines), ...measured.flatMap(evidenceOf)].map((text) => `- ${text}`).join("\n")}

Measured on ${machine}.
`;
  return format(text, { parser: "markdown", printWidth: 128 });
}

/** One sentence may hold for several lines. */
const notesOf = (lines: Line[]) => [...new Set(lines.flatMap(({ note }) => note ?? []))];

const evidenceOf = ({ name, evidence }: Comparison) =>
  evidence === undefined ? [] : [`${name}: ${evidence}`];

const cells = (texts: string[]) => `| ${texts.join(" | ")} |`;

const goalsOf = ({ goals }: Line) =>
  quantitiesOf(goals)
    .map((of) => `${formOf(of).label} ${goals[of]}`)
    .join(", ");

const unmeasured = (line: Line) => [line.name, goalsOf(line), "not measured here", "", ""];

function row(comparison: Comparison): string[] {
  const { name, ratios, subject, baseline, pairs } = comparison;
  const of = quantitiesOf(ratios);
  const goals = goalsOf(comparison);
  const medians = of.map((one) => `${median(subject, one)} / ${median(baseline, one)}`);
  const reached = missed(comparison).length === 0 ? "" : ": missed";
  return [
    name,
    goals === "" ? "" : `${goals}${reached}`,
    of.map((one) => `${formOf(one).label} ${range(ratios, one)}`).join(", "),
    medians.join(", "),
    String(pairs),
  ];
}

function median(figures: Figures, of: Quantity): string {
  const { unit, digits } = formOf(of);
  return `${figures[of]?.median.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}

function range(ratios: Figures, of: Quantity): string {
  const { median: middle = Number.NaN, min = middle, max = middle } = ratios[of] ?? {};
  return `**${middle.toFixed(2)}** (${min.toFixed(2)}-${max.toFixed(2)})`;
}

const drawn = ["seconds", "cpu", "memory", "throughput", "p99"] as const;

/** The pictures, by file name. */
export function picture({ comparisons }: Results): Record<string, string> {
  const all = Object.values(comparisons).flat().reverse();
  const bars = (of: Quantity) => ({
    name: formOf(of).label,
    type: "bar" as const,
    data: all.map(({ ratios }) => ratios[of]?.median.toFixed(2) ?? "-"),
    label: { show: true, position: "right" as const },
  });
  const size = { width: 860, height: 120 + 90 * all.length };
  const chart = library.init(null, null, { renderer: "svg", ssr: true, ...size });
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    legend: { top: 8 },
    grid: { left: 20, right: 60, top: 44, bottom: 30, containLabel: true },
    // What takes twice as long is as far from 1 as what takes half.
    xAxis: { type: "log", min: 0.1, name: "ratio" },
    yAxis: {
      type: "category",
      data: all.map(({ name }) => name.replace(" / ", "\n/ ")),
    },
    series: drawn.map(bars),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return { "performance.svg": svg };
}
