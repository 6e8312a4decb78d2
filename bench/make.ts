import { join } from "node:path";
import { repository } from "../local/lib/paths.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { measure } from "./measure.ts";
import { type Benchmark, compare, type Line } from "./pairs.ts";
import { local } from "./platform.ts";

const cold: Line = {
  name: "make up with nothing cached / of the earlier commit",
  goals: { seconds: 0.7 },
};
const test: Line = { name: "make test / of the earlier commit", goals: { seconds: 0.6 } };

/** What a first evening and every pull request wait for. One pair of each: they take half an hour and ten minutes. */
export const make: Benchmark = {
  needs: "no cluster",
  lines: [cold, test],
  measure: async ({ base }) => {
    if (base === undefined) return [];
    const against = (line: Line, run: (folder: string) => ReturnType<typeof measure>) =>
      compare({
        ...line,
        pairs: 1,
        cold: true,
        subject: () => run(repository),
        baseline: () => run(base),
      });
    return [await against(test, makeTest), await against(cold, makeUp)];
  },
};

const makeTest = (cwd: string) => measure({ command: "make", args: ["test"], cwd, env: {} });

/** Builds all tools and images; what the registries' own clients keep is theirs. */
const makeUp = (cwd: string) =>
  inScratch(async (folder) => {
    await local("clean", cwd);
    const env = {
      XDG_CACHE_HOME: folder,
      GOCACHE: join(folder, "go-build"),
      GOMODCACHE: join(folder, "go-modules"),
    };
    return measure({ command: "make", args: ["up"], cwd, env });
  });
