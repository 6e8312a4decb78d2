import { repository } from "../local/lib/paths.ts";
import { measure } from "./measure.ts";
import { type Benchmark, compare, type Line } from "./pairs.ts";
import { asUser } from "./platform.ts";

const line: Line = {
  name: "make plan / of the earlier commit",
  goals: { seconds: 1, memory: 0.7 },
};

/** Both stacks as the program registers them, without an engine or a cluster: time, and memory at its peak. */
export const plan: Benchmark = {
  needs: "nothing",
  lines: [line],
  minutes: { own: 0, base: 1 },
  measure: async ({ pairs, base }) => {
    if (base === undefined) return [];
    const side = (cwd: string) => () => measure(asUser("plan", cwd));
    return [await compare({ ...line, pairs, subject: side(repository), baseline: side(base) })];
  },
};
