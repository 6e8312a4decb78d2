import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseSettings } from "../../settings/index.ts";
import {
  discriminatorOf,
  type JsonSchema,
  nameOf,
  type Place,
  places,
  settingsWith,
} from "../support/settings-tree.ts";

const all = places();
const file = "Pulumi.prod.yaml";
/** How Zod says it by itself. */
const zods = /Invalid|expected|received|Too (small|big)|Unrecognized|undefined/;

/** Texts of no form of their own, and those that may be empty. */
const mayBeEmpty =
  /^(pods\.(nodeSelector|labels|annotations)|.*\.pods|.*\.service\.annotations)\.name$|^pods\.tolerations\.0\.value$/;
const ofNoForm = /^(pods|mesh\.gateway\.service)\.annotations\.name$|^pods\.tolerations\.0\.value$/;

/** What is said of a place, where this is its value and all else but its modes is missing. */
function said({ path, modes }: Pick<Place, "path" | "modes">, value: unknown): string[] {
  const prefix = `  ${path.join(".")}: `;
  try {
    parseSettings(file, settingsWith({ path, modes }, value));
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split("\n");
    assert.equal(head, `${file}: shlink-platform:settings is not valid:`);
    for (const line of lines) assert.doesNotMatch(line, zods);
    return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  }
  return [];
}

function alternatives(values: unknown[]): string {
  const texts = values.map((value) => JSON.stringify(value));
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

/** A value of another type than any that the place takes. */
const otherType = (schema: JsonSchema) =>
  schema.type === "object" || schema.anyOf !== undefined ? 7 : { nobody: [] };

describe("What the settings say of a wrong value, in one sentence with its path", () => {
  const unions = all.filter(({ schema }) => schema.oneOf !== undefined);
  for (const place of unions) {
    const name = discriminatorOf(place.schema);
    const values = (place.schema.oneOf ?? []).map(({ properties }) => properties?.[name]?.const);
    const mode = { ...place, path: [...place.path, name] };
    it(`names every ${name} there is: ${nameOf(mode)}`, () => {
      for (const wrong of ["nobody", "", 7, null, [], true])
        assert.deepEqual(said(mode, wrong), [`must be ${alternatives(values)}`]);
      assert.deepEqual(said(place, 7), ["must be a map of names and values"]);
    });
  }

  const choices = all.flatMap((place) => {
    const { enum: several, const: one, type } = place.schema;
    const values = several ?? (one === undefined ? undefined : [one]);
    if (type === "boolean" && values === undefined) return [{ place, values: [true, false] }];
    return values === undefined ? [] : [{ place, values }];
  });
  for (const { place, values } of choices)
    it(`names every choice there is: ${nameOf(place)}`, () => {
      for (const wrong of ["nobody", "", 7.5, null, {}]) {
        const [sentence = "", ...more] = said(place, wrong);
        assert.deepEqual(more, []);
        for (const value of values) assert.ok(sentence.includes(JSON.stringify(value)), sentence);
      }
    });

  for (const place of all.filter(({ schema }) => schema.oneOf === undefined))
    it(`refuses what is of another type: ${nameOf(place)}`, () => {
      for (const wrong of [otherType(place.schema), null])
        assert.equal(said(place, wrong).length, 1, JSON.stringify(wrong));
    });

  const free = all.filter(
    ({ schema: { enum: choices, const: one } }) => !choices && one === undefined,
  );
  const numbers = free.filter(({ schema: { type = "" } }) => ["integer", "number"].includes(type));
  for (const place of numbers)
    it(`refuses what is out of bounds: ${nameOf(place)}`, () => {
      const { type, minimum, maximum = Infinity } = place.schema;
      const first = (value: unknown) => said(place, value)[0];
      if (minimum !== undefined) assert.equal(first(minimum - 1), `must be at least ${minimum}`);
      else assert.ok(first(0));
      if (maximum < Number.MAX_SAFE_INTEGER) assert.match(first(maximum + 1) ?? "", /at most/);
      if (type === "integer") assert.equal(first(7.5), "must be a whole number");
      for (const wrong of ["7", NaN, Infinity]) assert.match(first(wrong) ?? "", /^must be a /);
    });

  const texts = free.filter(({ schema: { type } }) => type === "string");
  for (const place of texts)
    it(`refuses no text, and one of no such form: ${nameOf(place)}`, () => {
      if (!mayBeEmpty.test(place.path.join("."))) assert.ok(said(place, "")[0]);
      if (!ofNoForm.test(place.path.join("."))) assert.ok(said(place, "\u0007 {*")[0]);
    });

  it("has looked at all there is", () => {
    assert.ok(unions.length > 30 && choices.length > 50 && all.length > 400);
  });
});
