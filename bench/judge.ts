import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../local/lib/paths.ts";
import { Engine, type Analyzed } from "./engine.ts";
import { measureRunning, type Run } from "./measure.ts";
import { type Benchmark, compare, type Line } from "./pairs.ts";

type Registration = Pick<Analyzed, "type" | "name"> & { inputs: Analyzed["props"] };

const line = (name: string): Line => ({
  name: `the policy pack ${name} / of the earlier commit`,
  goals: { cpu: 1 },
});
const lines = { start: line("starts"), judge: line("judges stack prod") };

/** What the pack's own process takes to start, and to judge stack prod, beside that of an earlier commit; no cluster. */
export const judge: Benchmark = {
  needs: "nothing",
  lines: Object.values(lines),
  minutes: { own: 0, base: 1 },
  measure: async ({ pairs, base }) => {
    if (base === undefined) return [];
    const against = (of: keyof Runs) =>
      compare({
        ...lines[of],
        pairs,
        subject: async () => (await runPack(repository))[of],
        baseline: async () => (await runPack(base))[of],
      });
    return [await against("start"), await against("judge")];
  },
};

/** The pack is one program. */
type OneProgram = Omit<Run, "programs">;

interface Runs {
  start: OneProgram;
  judge: OneProgram;
}

/** Each resource and then the whole stack, all for the first time. */
async function runPack(root: string): Promise<Runs> {
  const resources = resourcesOfProd();
  const began = performance.now();
  const folder = join(root, "policy");
  const engine = await Engine.start(join(folder, "pack"), ["127.0.0.1:1"], folder);
  try {
    const start = runSince(began, engine);
    const before = performance.now();
    for (const resource of resources) await engine.analyze(resource);
    await engine.analyzeStack(resources);
    const all = runSince(before, engine);
    return { start, judge: { ...all, cpu: all.cpu - start.cpu } };
  } finally {
    await engine.stop();
  }
}

function resourcesOfProd(): Analyzed[] {
  const golden = readFileSync(join(repository, "test/golden/prod.json"), "utf8");
  const { registrations } = JSON.parse(golden) as { registrations: Registration[] };
  return registrations.map(({ type, name, inputs }) => {
    const urn = `urn:pulumi:prod::shlink-platform::${type}::${name}`;
    return { type, name, urn, props: inputs };
  });
}

const runSince = (moment: number, { pid }: Engine): OneProgram => ({
  seconds: (performance.now() - moment) / 1000,
  ...measureRunning(pid),
  processes: 1,
});
