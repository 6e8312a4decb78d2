/** One resource that a command made: how long its own step took, and what had to be there before. */
export interface Step {
  urn: string;
  seconds: number;
  dependencies: string[];
}

/** A line of the engine's display, and when it was written, in seconds. */
export interface Heard {
  at: number;
  line: string;
}

/**
 * Finds the longest chain of steps of which each had to wait for the one before: no order of the same steps is faster,
 * however many run side by side.
 */
export function longestChain(steps: Step[]): Step[] {
  const byUrn = new Map(steps.map((step) => [step.urn, step]));
  const chains = new Map<string, Step[]>();
  const chainTo = (urn: string): Step[] => {
    const step = byUrn.get(urn);
    if (step === undefined) return [];
    const known = chains.get(urn);
    if (known !== undefined) return known;
    const chain = [...longest(step.dependencies.map(chainTo)), step];
    chains.set(urn, chain);
    return chain;
  };
  return longest(steps.map(({ urn }) => chainTo(urn)));
}

const longest = (chains: Step[][]): Step[] =>
  chains.reduce((most, chain) => (timeOf(chain) > timeOf(most) ? chain : most), []);

/** Adds up the seconds of steps that wait for each other. */
export const timeOf = (chain: Step[]): number =>
  chain.reduce((sum, { seconds }) => sum + seconds, 0);

/** Says what a chain waits for: each step of a second and more by itself. */
export function chainSentence(chain: Step[]): string {
  const slow = chain.filter(({ seconds }) => seconds >= 1);
  const rest = timeOf(chain) - timeOf(slow);
  const each = slow.map(({ urn, seconds }) => `${labelOf(urn)} ${seconds.toFixed(1)} s`);
  return `${each.join(", then ")}; ${chain.length - slow.length} steps between them take ${rest.toFixed(1)} s.`;
}

/** What a stack's state says of a resource. */
export interface Placed {
  urn: string;
  /** Whether a provider made it; a component's own time is that of its children. */
  custom?: boolean;
  dependencies?: string[];
  parent?: string;
}

/** Joins what the engine displayed of each resource with what the state says that it depends on. */
export function stepsOf(heard: Heard[], resources: Placed[]): Step[] {
  const begun = new Map<string, number>();
  const took = new Map<string, number>();
  for (const { at, line } of heard) {
    const [, label = "", state] = /^ \+ +(\S+ \S+) (creating|created) \(/.exec(line) ?? [];
    if (state === "creating" && !begun.has(label)) begun.set(label, at);
    if (state === "created") took.set(label, at - (begun.get(label) ?? at));
  }
  return resources.map(({ urn, custom = false, dependencies = [], parent = [] }) => ({
    urn,
    seconds: (custom ? took.get(labelOf(urn)) : undefined) ?? 0,
    dependencies: dependencies.concat(parent),
  }));
}

/** How the display names a resource: `postgresql:index/grant:Grant` is `postgresql:index:Grant` there. */
function labelOf(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  const [provider, module = "", kind] = (types.split("$").at(-1) ?? "").split(":");
  const short = provider === "kubernetes" ? module : module.split("/")[0];
  return `${[provider, short, kind].join(":")} ${name.join("::")}`;
}
