import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { merge } from "../../local/stack/stacks.ts";
import { abandoned } from "../../effects/abandoned.ts";
import { impossibleChange, type Holdings } from "../../effects/held.ts";
import { givenUp, madeParts } from "../../effects/parts.ts";
import { stackSettings } from "../../plan/render.ts";
import { parseSettings } from "../../settings/index.ts";
import { stackOf } from "../../stack/index.ts";
import { parts } from "../support/choices.ts";
import { type Change, synth } from "../support/synth.ts";

/** What the state of a stack that runs like this has, as effects/state.ts reads it. */
async function stateOf(change: Change) {
  const { registrations } = await synth("prod", change);
  const places = registrations.map(({ type, name, inputs }) => {
    const { namespace, name: given } = (inputs["metadata"] ?? {}) as Record<string, string>;
    const path = inputs["path"] as string | undefined;
    return `${type.split(":").at(-1)} ${path ?? `${namespace}/${given ?? `${name}-1a2b`}`}`;
  });
  const namespaces = registrations.filter(({ type }) => type.endsWith(":Namespace"));
  return { made: new Set(places), installed: madeParts(namespaces.map(({ name }) => name)) };
}

/** What the cluster shows of a database of the stack's own. */
const holdings = (made: Set<string>): Holdings => ({
  pairs: [],
  expandable: [],
  vaultLeads: true,
  ...(made.has("PostgresCluster postgres/shlink-db") && {
    database: { spec: { postgresVersion: 17 } },
  }),
});

/** Why a stack that runs like the one may not become like the other; undefined: it may. */
async function refusal(one: Change, other: Change): Promise<string | undefined> {
  const { made, installed } = await stateOf(one);
  // As the engine hands them on: what is undefined is not there.
  const settings: unknown = JSON.parse(JSON.stringify(merge(stackSettings("prod"), other)));
  const { held, taken } = stackOf(parseSettings("f", settings)).demands;
  return (
    abandoned(held, made, installed) ??
    givenUp(taken, installed) ??
    impossibleChange(held, holdings(made))
  );
}

/** Ways back to `install` are refused while the other one's definitions are there (effects/readiness.ts). */
const readiness = ["mesh", "externalSecrets", "postgresOperator", "redisOperator"];
/** Redis has nothing that could not be made anew: docs/redis.md. */
const free = ["redis"];

const pairs = Object.entries(parts).flatMap(([part, modes]) =>
  Object.keys(modes).flatMap((from) => Object.keys(modes).map((to) => ({ part, modes, from, to }))),
);

describe("A part's mode on a running stack", () => {
  for (const { part, modes, from, to } of pairs) {
    const may =
      from === to || free.includes(part) || (to === "install" && readiness.includes(part));
    it(`${may ? "may go" : "may not go"} from ${from} to ${to}: ${part}`, async () => {
      const reason = await refusal(modes[from] ?? {}, modes[to] ?? {});
      assert.equal(reason === undefined, may, reason);
    });
  }
});
