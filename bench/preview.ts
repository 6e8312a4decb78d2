import { measure } from "./measure.ts";
import { type Benchmark, compare, type Line } from "./pairs.ts";
import { previewOf, withEmptyProgram, withFlatProgram } from "./stacks.ts";

const empty: Line = {
  name: "no-op preview / an empty program with the same SDKs",
  goals: {},
};
const flat: Line = {
  name: "no-op preview / the same resources in one flat file",
  goals: { seconds: 1.15, cpu: 1.15 },
};

/** What a preview of stack dev costs when nothing is to be done. */
export const preview: Benchmark = {
  needs: "stack",
  lines: [empty, flat],
  measure: async ({ pairs }) => {
    const subject = () => measure(previewOf("dev", "--expect-no-changes"));
    return [
      await withEmptyProgram((bed) => {
        const baseline = () => measure(bed.command("preview"));
        return compare({ ...empty, pairs, subject, baseline });
      }),
      await withFlatProgram((bed) => {
        const baseline = () => measure(bed.command("preview", ["--expect-no-changes"]));
        return compare({ ...flat, pairs, subject, baseline });
      }),
    ];
  },
};
