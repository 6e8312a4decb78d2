import { existing, noVault } from "./existing.ts";
import { database, redis, replaced } from "./outside.ts";
import type { Change } from "./synth.ts";

/** What may be chosen, each with the settings that say so. */
export type Choices = Record<string, Record<string, Change>>;

/** Of each part, whose it may be. */
export const parts: Choices = {
  vault: { install: {}, existing: existing("vault"), none: noVault },
  mesh: { install: {}, existing: existing("mesh") },
  externalSecrets: { install: {}, existing: existing("externalSecrets") },
  postgresOperator: { install: {}, existing: existing("postgresOperator") },
  redisOperator: { install: {}, existing: existing("redisOperator") },
  database: { crunchy: {}, outside: replaced("prod", "database", database) },
  redis: { operator: {}, outside: replaced("prod", "redis", redis) },
};

/** A mode for each part. */
export type Combination = Record<string, string>;

/** What a stack file may not say together: docs/which-parts.md has them, too. */
export const excluded: Combination[] = [
  { vault: "none", externalSecrets: "existing" },
  { database: "outside", postgresOperator: "existing" },
  { redis: "outside", redisOperator: "existing" },
];

const has = (one: Combination, part: Combination) =>
  Object.entries(part).every(([key, mode]) => one[key] === mode);

const allOf = (choices: Choices) =>
  Object.entries(choices).reduce<Combination[]>(
    (made, [part, modes]) =>
      made.flatMap((one) => Object.keys(modes).map((mode) => ({ ...one, [part]: mode }))),
    [{}],
  );

/** The pairs of modes that a combination has. */
const pairsOf = (one: Combination): string[] => {
  const modes = Object.entries(one).map(([part, mode]) => `${part} ${mode}`);
  return modes.flatMap((first, index) =>
    modes.slice(index + 1).map((second) => `${first}, ${second}`),
  );
};

/** Valid combinations in which each pair of modes that is allowed is met at least once. */
export function pairwise(choices: Choices, without: Combination[]): Combination[] {
  const valid = allOf(choices).filter((one) => !without.some((pair) => has(one, pair)));
  const open = new Set(valid.flatMap(pairsOf));
  const chosen: Combination[] = [];
  const gain = (one: Combination) => pairsOf(one).filter((pair) => open.has(pair)).length;
  while (open.size > 0) {
    const best = valid.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    for (const pair of pairsOf(best)) open.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

/** The settings of a combination, to lay over prod's. */
export const settingsOf = (choices: Choices, one: Combination): Change =>
  Object.assign({}, ...Object.entries(one).map(([part, mode]) => choices[part]?.[mode])) as Change;
