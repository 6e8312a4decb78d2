import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kubeconfigFile } from "../local/stack/environment.ts";
import { pulumiFolder } from "../local/lib/paths.ts";
import { prepare } from "../local/stack/prepare.ts";
import { readApiKey, smoke } from "../local/stack/smoke.ts";
import { ByHand, isRelease, releasesOf } from "./by-hand.ts";
import type { Heard } from "./chain.ts";
import type { Resource } from "./flat/state.ts";
import { measure } from "./measure.ts";
import { type Benchmark, compared, type Line, type Sample } from "./pairs.ts";
import { entry, local } from "./platform.ts";
import { neededBy, stagesOf } from "./stages.ts";
import { openResourcesOf, upOf } from "./stacks.ts";
import { writeVariant } from "./variant.ts";

const note =
  "kubectl and helm: stack dev without a Vault, since nobody opens one by kubectl alone; each side has a fresh cluster with all images. " +
  "kubectl gets the objects of the program's state, charts rendered with its values, in stages by what needs what, all of a stage at " +
  "one time (a stage waits for the whole of the one before, the program for what it needs), and the waits of the program: rollouts, definitions, Jobs, what `waitFor` names; it is given its passwords, and has " +
  "no state, no look at the cluster before, no policy and no proof that Services have endpoints. helm gets namespaces, network policies " +
  "and accounts before, and installs one release after the other, as its command does; the program's releases are timed from " +
  "the first that begins to the last that is ready, whatever else it makes meanwhile.";

const lines = {
  kubectl: {
    name: "first pulumi up without Vault / kubectl apply and wait",
    goals: { seconds: 1.5 },
    note,
  },
  helm: { name: "its releases / helm install of the same, one by one", goals: {}, note },
} satisfies Record<string, Line>;

/** A first `up` beside what one would type instead; three clusters, one after the other, so one pair. */
export const first: Benchmark = {
  needs: "no cluster",
  lines: Object.values(lines),
  minutes: { own: 4, base: 0 },
  measure: async () => {
    const { up, releases, resources } = await byProgram();
    const objects = await byKubectl(resources);
    const charts = await byHelm(resources);
    const taken = { "pulumi up": up, releases, kubectl: objects, helm: charts };
    for (const [what, { seconds }] of Object.entries(taken))
      console.log(`  ${what}: ${seconds?.toFixed(1)} s`);
    return [compared(lines.kubectl, [up], [objects]), compared(lines.helm, [releases], [charts])];
  },
};

/** The program's way, what its releases alone took, and what it left. */
async function byProgram(): Promise<{ up: Sample; releases: Sample; resources: Resource[] }> {
  await freshCluster();
  const file = join(pulumiFolder, "Pulumi.bench.yaml");
  await writeVariant(file, (settings) => ({ ...settings, vault: { mode: "none" } }));
  const begun = performance.now();
  const heard: Heard[] = [];
  const hear = (line: string) => heard.push({ at: secondsSince(begun), line });
  const { seconds } = await measure({ ...upOf("dev", file), hear });
  await serves();
  const releases = { seconds: releaseSeconds(heard) };
  return { up: { seconds }, releases, resources: await openResourcesOf("dev") };
}

async function byKubectl(resources: Resource[]): Promise<Sample> {
  await freshCluster();
  const hand = await ByHand.start(kubeconfigFile("dev"));
  const begun = performance.now();
  for (const stage of stagesOf(resources)) await hand.make(stage);
  const seconds = secondsSince(begun);
  await serves();
  return { seconds };
}

async function byHelm(resources: Resource[]): Promise<Sample> {
  await freshCluster();
  const hand = await ByHand.start(kubeconfigFile("dev"));
  const installed = resources.filter(isRelease);
  const before = neededBy(installed, resources).filter((one) => !installed.includes(one));
  for (const stage of stagesOf(before)) await hand.make(stage);
  const begun = performance.now();
  for (const release of releasesOf(resources)) await hand.install(release);
  return { seconds: secondsSince(begun) };
}

/** How long it took from the first release that began to the last that was there. */
export function releaseSeconds(heard: Heard[]): number {
  const times = heard.filter(({ line }) => isOfRelease.test(line)).map(({ at }) => at);
  return Math.max(...times) - Math.min(...times);
}
const isOfRelease = /:Release \S+ (creating|created) \(/;

async function freshCluster(): Promise<void> {
  await local("clean");
  await prepare(console.log);
}

/** Creates a link, follows it, and sees it counted. The gateway may hear of the last pod a little later than whoever waited for it. */
async function serves(): Promise<void> {
  const key = await readApiKey(kubeconfigFile("dev"));
  for (let attempt = 1; attempt < 30; attempt++, await sleep(1000))
    if (await smoke(entry, key).catch(() => undefined)) return;
  await smoke(entry, key);
}

const secondsSince = (moment: number) => (performance.now() - moment) / 1000;
