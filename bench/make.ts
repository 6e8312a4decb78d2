import { join } from "node:path";
import { repository } from "../local/lib/paths.ts";
import { inScratch } from "../local/lib/scratch.ts";
import { measure, type Run } from "./measure.ts";
import { type Benchmark, compare, compared, type Line } from "./pairs.ts";
import { asUser, local } from "./platform.ts";

const planLine: Line = {
  name: "make plan / of the earlier commit",
  goals: { seconds: 1, memory: 0.7 },
};
const coldLine: Line = {
  name: "make up with nothing cached / of the earlier commit",
  goals: { seconds: 0.7 },
  note:
    "A cold make up: tools take twelve and a half of its fifteen minutes, and all of the earlier commit's eleven Go builds " +
    "are still among them, with the same versions; kube-router and the web client's page came since. It takes 1,458 s of " +
    "processor time, of the 1,742 s that two cores have meanwhile, the earlier commit 1,378 of 1,660 s. Both sides compile " +
    "with GOGC=off, without debug information, without inlining, and with fewer packages than upstream; what is left is the " +
    "Kubernetes, Istio, Pulumi and External Secrets that nobody else publishes in a package registry.",
};
const testLine: Line = {
  name: "make test / of the earlier commit",
  goals: { seconds: 0.6 },
  note:
    "make test takes as much processor time as the earlier commit's, for nearly twice as many tests, and keeps both cores busy " +
    "from the first moment to the last: it can only become faster by less work. In fresh clones, with nothing compiled or checked " +
    "before, the two took 95 and 113 s (0.84).",
};

interface Beside extends Pick<Benchmark, "needs" | "minutes"> {
  /** As many as are asked for unless said. */
  mostPairs?: number;
}

/** A target of make beside the same of an earlier commit, with what both keep from one run to the next. */
const beside = (
  target: "plan" | "test",
  line: Line,
  { mostPairs = Infinity, ...rest }: Beside,
): Benchmark => ({
  ...rest,
  lines: [line],
  measure: async ({ pairs, base }) => {
    if (base === undefined) return [];
    const side = (cwd: string) => () => measure(asUser(target, cwd));
    const sides = { subject: side(repository), baseline: side(base) };
    return [await compare({ ...line, ...sides, pairs: Math.min(pairs, mostPairs) })];
  },
});

/** Both stacks as the program registers them, without an engine or a cluster: time, and memory at its peak. */
export const plan = beside("plan", planLine, { needs: "nothing", minutes: { own: 0, base: 1 } });

/** What every pull request waits for. */
export const test = beside("test", testLine, {
  needs: "no cluster",
  minutes: { own: 0, base: 7 },
  mostPairs: 1,
});

/** What a first evening waits for: nothing shortens the building of all tools, once for each side. */
export const cold: Benchmark = {
  needs: "no cluster",
  lines: [coldLine],
  minutes: { own: 0, base: 29 },
  named: true,
  measure: async ({ base }) => {
    if (base === undefined) return [];
    const [ours, theirs] = [await makeUp(repository), await makeUp(base)];
    return [{ ...compared(coldLine, [ours], [theirs]), evidence: toolsSentence(ours, theirs) }];
  },
};

interface Cold extends Run {
  /** How long each tool took, and all of them, in its own words. */
  tools: Map<string, string>;
}

/** Builds all tools and images; what the registries' own clients keep is theirs. */
const makeUp = (cwd: string): Promise<Cold> =>
  inScratch(async (folder) => {
    const env = {
      XDG_CACHE_HOME: folder,
      GOCACHE: join(folder, "go-build"),
      GOMODCACHE: join(folder, "go-modules"),
    };
    const tools = new Map<string, string>();
    const hear = (said: string) => {
      console.log(`  ${said}`);
      const [, tool = "all tools", took] = toolIsThere.exec(said) ?? [];
      if (took !== undefined) tools.set(tool, took);
    };
    try {
      return { ...(await measure({ ...asUser("up", cwd, env), hear })), tools };
    } finally {
      // The side itself cleans up: it knows what it made.
      await local("clean", cwd);
    }
  });

const toolIsThere = /(?:(\S+): done in|All tools are there after) ([^,;.]+)/;

function toolsSentence({ tools: ours }: Cold, { tools: theirs }: Cold): string {
  const each = [...new Set([...ours.keys(), ...theirs.keys()])].map(
    (tool) => `${tool} ${ours.get(tool) ?? "-"} / ${theirs.get(tool) ?? "-"}`,
  );
  return `until a tool is there, which others are built beside: ${each.join(", ")}.`;
}
