import type { Comparison, Spread } from "./pairs.ts";

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

/** The page that says what was measured; ratios are the result, seconds are the context. */
export function page({ machine, comparisons }: Results): string {
  const rows = Object.values(comparisons)
    .flat()
    .map(({ name, pairs, subject, baseline, ratios, goals }) =>
      cells([
        name,
        String(pairs),
        ...(["seconds", "cpu", "memory"] as const).map((of) => ratio(ratios[of], goals[of])),
        `${subject.seconds.median.toFixed(1)} s / ${baseline.seconds.median.toFixed(1)} s`,
        `${subject.memory.median.toFixed(0)} / ${baseline.memory.median.toFixed(0)} MiB`,
        `${subject.processes.median} / ${baseline.processes.median}`,
      ]),
    );
  const head = ["what / instead", "pairs", "time", "CPU", "memory", "seconds", "peak", "processes"];
  return `# Performance

Written by \`make bench\` (\`bench/\`). Both sides of a line run in turns after one run that fills the caches: a
ratio is the median of the pairs' ratios, with the least and the greatest. CPU is the user and system time of all
processes of the command, memory the most that they had at one time (shared pages in equal parts). Below 1 is better than
what it is compared with.

![Ratios of time and CPU](performance.svg)

${cells(head)}
${cells(head.map(() => "---"))}
${rows.join("\n")}

Measured on ${machine}.
`;
}

const cells = (texts: string[]) => `| ${texts.join(" | ")} |`;

function ratio({ median, min, max }: Spread, goal: number | undefined): string {
  const range = `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
  return goal === undefined ? range : `${range}, goal ${goal}`;
}

/** The pictures, by file name. */
export function picture({ comparisons }: Results): Record<string, string> {
  const all = Object.values(comparisons).flat().reverse();
  const bars = (name: string, of: "seconds" | "cpu" | "memory") => ({
    name,
    type: "bar" as const,
    data: all.map(({ ratios }) => Number(ratios[of].median.toFixed(2))),
    label: { show: true, position: "right" as const },
  });
  const size = { width: 860, height: 120 + 90 * all.length };
  const chart = library.init(null, null, { renderer: "svg", ssr: true, ...size });
  chart.setOption({
    animation: false,
    backgroundColor: "#fff",
    legend: { top: 8 },
    grid: { left: 20, right: 60, top: 44, bottom: 30, containLabel: true },
    xAxis: { type: "value", min: 0, name: "ratio" },
    yAxis: {
      type: "category",
      data: all.map(({ name }) => name.replace(" / ", "\n/ ")),
    },
    series: [bars("time", "seconds"), bars("CPU", "cpu"), bars("memory", "memory")],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return { "performance.svg": svg };
}
