import { repository } from "../local/lib/paths.ts";
import { measure } from "./measure.ts";
import { compare, type Comparison, type Wish } from "./pairs.ts";

/** The commands that need no cluster, beside those of an earlier commit. */
export async function benchmark({ pairs, base }: Wish): Promise<Comparison[]> {
  if (base === undefined) return [];
  const made = (target: string, cwd: string) => () =>
    measure({ command: "make", args: [target], cwd, env: {} });
  const against = (target: string, goals: Comparison["goals"]) =>
    compare({
      name: `make ${target} / of the earlier commit`,
      pairs,
      goals,
      subject: made(target, repository),
      baseline: made(target, base),
    });
  return [await against("plan", { seconds: 1, memory: 0.7 })];
}
