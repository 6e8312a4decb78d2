import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { merge } from "../../../local/stack/stacks.ts";
import {
  discriminatorOf,
  nameOf,
  type Place,
  settings,
  settingsWith,
} from "../../support/settings-tree.ts";
import { needs, smallest } from "./effects/bases.ts";
import { renderedOnce } from "./effects/rendered.ts";
import { anotherValue, beside, demanded, elsewhere, values } from "./effects/values.ts";

/** The smallest stack with these modes, and what the modes need. */
function withModes(modes: Place["modes"], more: object): Record<string, unknown> {
  const whole = modes.reduce<unknown>((given, [at, mode]) => {
    const union = at.slice(0, -1);
    const own = { [at.at(-1) ?? ""]: mode, ...needs[`${union.join(".")} ${String(mode)}`] };
    const emptied = merge(given, settingsWith({ path: union, modes: [] }, undefined));
    return merge(emptied, settingsWith({ path: union, modes: [] }, own));
  }, smallest);
  return merge(whole, more) as Record<string, unknown>;
}

/** What a setting needs beside itself. */
const besides = (name: string) =>
  Object.entries(beside)
    .filter(([above]) => name === above || name.startsWith(`${above}.`))
    .reduce<object>((all, [, more]) => merge(all, more) as object, {});

/** Names of what differs between two stacks. */
async function differences(one: Record<string, unknown>, other: Record<string, unknown>) {
  const [before, after] = [await renderedOnce(one), await renderedOnce(other)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => before.get(name) !== after.get(name));
}

const tested = (place: Place) => elsewhere[nameOf(place)] ?? elsewhere[place.path.join(".")];

describe("Every setting has an effect", () => {
  for (const place of settings()) {
    const { path, modes, schema } = place;
    const name = path.join(".");
    const test = tested(place);
    if (test !== undefined) {
      it(`${nameOf(place)}: in ${test}`, () => {
        assert.ok(readFileSync(test, "utf8").includes(path.at(-1) ?? ""));
      });
    } else if (schema.oneOf === undefined) {
      it(nameOf(place), async () => {
        const base = withModes(modes, besides(name));
        const value = values[name] ?? anotherValue(path.at(-1) ?? "", schema);
        const changed = merge(base, settingsWith({ path, modes: [] }, value));
        const seen = await differences(base, changed as Record<string, unknown>);
        const shown = seen.filter((one) => one !== "demands" || demanded.includes(name));
        assert.notDeepEqual(shown, [], JSON.stringify(value));
      });
    } else {
      it(`${nameOf(place)}: each of its modes another one`, async () => {
        const key = discriminatorOf(schema);
        const all = schema.oneOf?.map(({ properties }) => properties?.[key]?.const) ?? [];
        const stacks = all.map((mode) =>
          withModes([...modes, [[...path, key], mode]], besides(name)),
        );
        for (const [index, stack] of stacks.entries())
          for (const other of stacks.slice(index + 1))
            assert.notDeepEqual(await differences(stack, other), [], String(all[index]));
      });
    }
  }

  it("is said here of no setting that there is not", () => {
    const names = settings().flatMap((place) => [nameOf(place), place.path.join(".")]);
    for (const one of [values, beside, elsewhere].flatMap(Object.keys).concat(demanded))
      assert.ok(
        names.some((name) => name === one || name.startsWith(`${one}.`)),
        one,
      );
  });
});
