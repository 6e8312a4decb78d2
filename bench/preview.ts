import { countsOf, figuresOf, stateSize } from "./counts.ts";
import { type Command, measure } from "./measure.ts";
import { type Benchmark, compare, type Line, type Sample } from "./pairs.ts";
import { previewOf, withEmptyProgram, withFlatProgram } from "./stacks.ts";

const empty: Line = {
  name: "no-op preview / an empty program with the same SDKs",
  goals: {},
};
const flat: Line = {
  name: "no-op preview / the same resources in one flat file",
  goals: { seconds: 1.15, cpu: 1.15 },
};

const nothing = ["--expect-no-changes"];

/** What a preview of stack dev costs when nothing is to be done, and what of it is the same in every run. */
export const preview: Benchmark = {
  needs: "stack",
  lines: [empty, flat],
  minutes: { own: 4, base: 0 },
  measure: async ({ pairs }) => {
    const ours = previewOf("dev", ...nothing);
    const against = async (line: Line, theirs: Command) => {
      const [subject, baseline] = [await counted(ours), await counted(theirs)];
      return compare({ ...line, pairs, subject, baseline });
    };
    return [
      await withEmptyProgram((bed) => against(empty, bed.command("preview"))),
      await withFlatProgram((bed) => against(flat, bed.command("preview", nothing))),
    ];
  },
};

/** Counts once what no run changes, and hands over what measures a run. */
async function counted(command: Command): Promise<() => Promise<Sample>> {
  const exact = figuresOf(await countsOf(command));
  const state = await stateSize(command);
  return async () => ({ ...(await measure(command)), ...exact, state });
}
