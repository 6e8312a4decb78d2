import { join } from "node:path";
import { repository } from "../local/lib/paths.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { measure } from "./measure.ts";
import { type Benchmark, compare, type Line } from "./pairs.ts";
import { asUser, local } from "./platform.ts";

const coldLine: Line = {
  name: "make up with nothing cached / of the earlier commit",
  goals: { seconds: 0.7 },
};
const testLine: Line = {
  name: "make test / of the earlier commit",
  goals: { seconds: 0.6 },
  note:
    "make test takes as much processor time as the earlier commit's, for nearly twice as many tests, and keeps both cores busy " +
    "from the first moment to the last: it can only become faster by less work.",
};

type Side = (folder: string) => ReturnType<typeof measure>;

/** One pair beside an earlier commit: each takes long, and has no cache to fill. */
const beside = (line: Line, run: Side): Pick<Benchmark, "needs" | "lines" | "measure"> => ({
  needs: "no cluster",
  lines: [line],
  measure: async ({ base }) => {
    if (base === undefined) return [];
    const [subject, baseline] = [() => run(repository), () => run(base)];
    return [await compare({ ...line, pairs: 1, cold: true, subject, baseline })];
  },
});

const makeTest = (cwd: string) => measure(asUser("test", cwd));

/** Builds all tools and images; what the registries' own clients keep is theirs. */
const makeUp = (cwd: string) =>
  inScratch(async (folder) => {
    const env = {
      XDG_CACHE_HOME: folder,
      GOCACHE: join(folder, "go-build"),
      GOMODCACHE: join(folder, "go-modules"),
    };
    try {
      return await measure(asUser("up", cwd, env));
    } finally {
      // The side itself cleans up: it knows what it made.
      await local("clean", cwd);
    }
  });

/** What every pull request waits for. */
export const test: Benchmark = { ...beside(testLine, makeTest), minutes: { own: 0, base: 7 } };

/** What a first evening waits for: nothing shortens the building of all tools, once for each side. */
export const cold: Benchmark = {
  ...beside(coldLine, makeUp),
  minutes: { own: 0, base: 45 },
  named: true,
};
