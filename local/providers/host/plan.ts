import { setOrder, type Draft, type Field, type ResourceType } from "./resource.ts";
import { hasUnknown, UNKNOWN, type Props, type Value } from "./values.ts";

export interface Plan {
  planned: Props;
  changed: Set<string>;
  replaces: Set<string>;
}

/** What the resource would look like after `inputs` are applied to `state`, and what differs. */
export async function plan<S>(
  type: ResourceType<S>,
  session: S,
  inputs: Props,
  state?: Props,
): Promise<Plan> {
  const planned: Props = {};
  for (const [key, field] of Object.entries(type.fields)) {
    const value = plannedValue(field, inputs[key], state === undefined ? UNKNOWN : state[key]);
    if (value !== undefined) planned[key] = value;
  }
  const draft: Draft = { state, inputs, planned, replaces: new Set() };
  await type.customise?.(session, draft);
  if (state === undefined) return { planned, changed: new Set(), replaces: new Set() };
  const changed = new Set(
    Object.entries(type.fields)
      .filter(([key, field]) => !same(field, planned[key], state[key]))
      .map(([key]) => key),
  );
  const replaces = new Set(
    [...changed].filter((key) => type.fields[key]?.replaces || draft.replaces.has(key)),
  );
  return { planned, changed, replaces };
}

/** `current` is what the server says, for the fields in which it has a say. */
function plannedValue(
  field: Field,
  input: Value | undefined,
  current: Value | undefined,
): Value | undefined {
  const wanted = field.output ? undefined : (input ?? field.default);
  if (wanted !== undefined) return normalised(field, wanted);
  return field.computed || field.output ? current : undefined;
}

function normalised(field: Field, value: Value): Value {
  if (hasUnknown(value)) return value;
  if (field.kind === "set" && Array.isArray(value)) return setOrder(value.map(String));
  return typeof value === "string" && field.normalise ? field.normalise(value) : value;
}

/** The real providers take an absent value and an empty one for the same. */
export function same(field: Field, a: Value | undefined, b: Value | undefined): boolean {
  if (hasUnknown(a) || hasUnknown(b)) return false;
  return comparable(field, a) === comparable(field, b);
}

function comparable(field: Field, value: Value | undefined): string {
  if (!value) return "";
  const form = normalised(field, value);
  if (typeof form !== "object" || form === null) return JSON.stringify(form);
  if (Array.isArray(form)) return form.length === 0 ? "" : JSON.stringify(form);
  const entries = Object.entries(form).filter(([, element]) => field.kind === "map" || element);
  if (entries.length === 0) return "";
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
