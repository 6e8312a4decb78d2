import { settingsSchema, type JsonSchema as Known } from "../../plan/schema.ts";

/** JSON Schema with what only the tests look at. */
export interface JsonSchema extends Omit<Known, "items" | "properties" | "oneOf"> {
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  minLength?: number;
  propertyNames?: JsonSchema;
}

/** A place in the settings, with the modes that it takes to be there. */
export interface Place {
  path: string[];
  modes: [path: string[], value: unknown][];
  schema: JsonSchema;
}

/** Every union, and every setting that is no mere map of further ones, at any depth. */
export const places = (): Place[] => below({ path: [], modes: [], schema: settingsSchema() });

/** Every union and every setting, once where several modes have the same: what docs/settings.md has a line for. */
export function settings(): Place[] {
  const all = places();
  const parts = all.filter(({ schema }) => isPart(schema)).map(({ path }) => path.join("."));
  const whole = all.filter(
    ({ path }) => !parts.some((part) => path.join(".").startsWith(`${part}.`)),
  );
  return [...new Map(whole.map((one) => [JSON.stringify([one.path, one.schema]), one])).values()];
}

/** A list or a map whose keys people choose is one setting. */
const isPart = ({ items, additionalProperties }: JsonSchema) =>
  items !== undefined || typeof additionalProperties === "object";

function below(place: Place): Place[] {
  const { path, modes, schema } = place;
  const at = (key: string, one: JsonSchema) => below({ path: [...path, key], modes, schema: one });
  if (schema.oneOf !== undefined)
    return [place, ...schema.oneOf.flatMap((one) => variant(place, one))];
  if (schema.items !== undefined) return [place, ...at("0", schema.items)];
  const { additionalProperties: values, propertyNames: keys } = schema;
  if (typeof values === "object") return [place, ...at(keyOf(keys), values)];
  if (schema.properties === undefined) return [place];
  return Object.entries(schema.properties).flatMap(([key, one]) => at(key, one));
}

/** A key that a map takes. */
const keyOf = (keys: JsonSchema | undefined) => (keys?.enum as string[] | undefined)?.[0] ?? "name";

function variant({ path, modes, schema }: Place, one: JsonSchema): Place[] {
  const name = discriminatorOf(schema);
  const { [name]: mode, ...others } = one.properties ?? {};
  const chosen: Place["modes"] = [...modes, [[...path, name], mode?.const]];
  return below({ path, modes: chosen, schema: { ...one, properties: others } });
}

/** The property by which the branches of a union are told apart. */
export const discriminatorOf = ({ oneOf: [one] = [] }: JsonSchema): string =>
  Object.entries(one?.properties ?? {}).find(([, { const: value }]) => value !== undefined)?.[0] ??
  "";

/** The place as people would name it: its path, and the modes that no path tells. */
export const nameOf = ({ path, modes }: Place): string =>
  [path.join("."), ...modes.map(([at, value]) => `${at.join(".")}=${String(value)}`)].join(" ");

/** Settings in which this value is at a place, and nothing else is but the modes. */
export function settingsWith(
  { path, modes }: Pick<Place, "path" | "modes">,
  value: unknown,
): object {
  const settings = {};
  for (const [at, mode] of modes) put(settings, at, mode);
  put(settings, path, value);
  return settings;
}

function put(target: Record<string, unknown>, [key = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  target[key] ??= rest[0] === "0" ? [] : {};
  put(target[key] as Record<string, unknown>, rest, value);
}
