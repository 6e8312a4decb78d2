import type { Run, Share } from "./measure.ts";
import { formOf, spread } from "./pairs.ts";

/** A program that has less than this part of the whole is not worth a word. */
const least = 0.03;

/** Says which programs took what of two sides' runs: the medians, ours / theirs, the greatest first. */
export function programsSentence(ours: Run[], theirs: Run[]): string {
  const parts = (["cpu", "memory"] as const).map((of) => {
    const { label, unit, digits } = formOf(of);
    const each = programsOf([...ours, ...theirs])
      .map((program) => ({
        program,
        figures: [ours, theirs].map((runs) =>
          medianOf(runs, ({ programs }) => programs[program]?.[of]),
        ),
      }))
      .filter(({ figures }) => Math.max(...figures) >= least * medianOf(ours, (run) => run[of]))
      .sort((a, b) => Math.max(...b.figures) - Math.max(...a.figures))
      .map(({ program, figures }) => {
        const texts = figures.map((figure) => `${figure.toFixed(digits)} ${unit}`);
        return `${program} ${texts.join(" / ")}`;
      });
    return `${label} by program: ${each.join(", ")}`;
  });
  return `${parts.join("; ")}.`;
}

const programsOf = (runs: Run[]) => [
  ...new Set(runs.flatMap(({ programs }) => Object.keys(programs))),
];

const medianOf = (runs: Run[], of: (run: Run) => Share[keyof Share] | undefined) =>
  spread(runs.map((run) => of(run) ?? 0)).median;
