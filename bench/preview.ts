import { compare, type Comparison, type Wish } from "./pairs.ts";
import { measure } from "./measure.ts";
import { previewOf, withEmptyProgram, withFlatProgram } from "./stacks.ts";

/** What a preview of stack dev costs when nothing is to be done; needs the stack to be up. */
export async function benchmark({ pairs }: Wish): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  const subject = () => measure(previewOf("dev", "--expect-no-changes"));
  await withEmptyProgram(async ({ preview }) => {
    const name = "no-op preview / an empty program with the same SDKs";
    const baseline = () => measure(preview);
    comparisons.push(await compare({ name, pairs, goals: {}, subject, baseline }));
  });
  await withFlatProgram(async ({ preview }) => {
    const name = "no-op preview / the same resources in one flat file";
    const nothing = { ...preview, args: [...preview.args, "--expect-no-changes"] };
    const baseline = () => measure(nothing);
    const goals = { seconds: 1.15, cpu: 1.15 };
    comparisons.push(await compare({ name, pairs, goals, subject, baseline }));
  });
  return comparisons;
}
