import { join } from "node:path";
import { repository } from "../local/lib/paths.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { measure, type Run } from "./measure.ts";
import { type Benchmark, compared, type Comparison, type Line } from "./pairs.ts";
import { asUser, local } from "./platform.ts";

const coldLine: Line = {
  name: "make up with nothing cached / of the earlier commit",
  goals: { seconds: 0.7 },
  note:
    "A cold make up: tools take twelve and a half of its fifteen minutes, and all of the earlier commit's eleven Go builds " +
    "are still among them, with the same versions, which keep both cores busy from the first moment to the last; kube-router and " +
    "the web client's page came since. Both sides compile with GOGC=off, without debug information, without inlining, and " +
    "with fewer packages than upstream; what is left is the Kubernetes, Istio, Pulumi and External Secrets that nobody else " +
    "publishes in a package registry.",
};
const testLine: Line = {
  name: "make test / of the earlier commit",
  goals: { seconds: 0.6 },
  note:
    "make test takes as much processor time as the earlier commit's, for nearly twice as many tests, and keeps both cores busy " +
    "from the first moment to the last: it can only become faster by less work.",
};

/** A run, and how long it says itself that parts of it took. */
interface Told extends Run {
  told?: Map<string, string>;
}

/** One pair beside an earlier commit: each takes long, and has no cache to fill. */
const beside = (
  line: Line,
  run: (folder: string) => Promise<Told>,
): Pick<Benchmark, "needs" | "lines" | "measure"> => ({
  needs: "no cluster",
  lines: [line],
  measure: async ({ base }) => {
    if (base === undefined) return [];
    const [ours, theirs] = [await run(repository), await run(base)];
    return [{ ...compared(line, [ours], [theirs]), ...evidence(ours, theirs) }];
  },
});

function evidence({ told: ours }: Told, { told: theirs }: Told): Pick<Comparison, "evidence"> {
  if (ours === undefined || theirs === undefined) return {};
  const parts = [...new Set([...ours.keys(), ...theirs.keys()])];
  const each = parts.map((part) => `${part} ${ours.get(part) ?? "-"} / ${theirs.get(part) ?? "-"}`);
  return { evidence: `until a tool is there, which others are built beside: ${each.join(", ")}.` };
}

const makeTest = (cwd: string) => measure(asUser("test", cwd));

/** Builds all tools and images; what the registries' own clients keep is theirs. */
const makeUp = (cwd: string) =>
  inScratch(async (folder) => {
    const env = {
      XDG_CACHE_HOME: folder,
      GOCACHE: join(folder, "go-build"),
      GOMODCACHE: join(folder, "go-modules"),
    };
    const told = new Map<string, string>();
    const hear = (said: string) => {
      console.log(`  ${said}`);
      const [, part = "all tools", took] = toolIsThere.exec(said) ?? [];
      if (took !== undefined) told.set(part, took);
    };
    try {
      return { ...(await measure({ ...asUser("up", cwd, env), hear })), told };
    } finally {
      // The side itself cleans up: it knows what it made.
      await local("clean", cwd);
    }
  });

const toolIsThere = /(?:(\S+): done in|All tools are there after) ([^,;.]+)/;

/** What every pull request waits for. */
export const test: Benchmark = { ...beside(testLine, makeTest), minutes: { own: 0, base: 7 } };

/** What a first evening waits for: nothing shortens the building of all tools, once for each side. */
export const cold: Benchmark = {
  ...beside(coldLine, makeUp),
  minutes: { own: 0, base: 45 },
  named: true,
};
