import { createHash } from "node:crypto";
import type { Field, Kind, ResourceType } from "./resource.ts";
import { hasUnknown, UNKNOWN, type Props, type Received, type Value } from "./values.ts";

export interface Failure {
  property: string;
  reason: string;
}

export interface CheckRequest {
  inputs: Props;
  /** Inputs of the resource that is there already. */
  previous: Pick<Received, "props" | "defaulted">;
  /** The resource's name in the program. */
  name: string;
  seed: Uint8Array;
  defaultsAreInputs: boolean;
}

/** Validates inputs and completes them; unknown values pass, their turn comes when they are known. */
export function checkInputs<S>(type: ResourceType<S>, request: CheckRequest) {
  const inputs: Props = { ...request.inputs };
  const defaulted = fillIn(type, request, inputs);
  const failures = Object.keys(inputs)
    .filter((key) => type.fields[key] === undefined || type.fields[key].output)
    .map((property) => ({ property, reason: `"${property}" is not an input that is supported` }));
  for (const [key, field] of Object.entries(type.fields)) {
    const reason = refusal(field, inputs[key]);
    if (reason !== undefined) failures.push({ property: key, reason });
  }
  if (failures.length === 0) {
    const reason = type.refuse?.(inputs);
    if (reason !== undefined) failures.push({ property: "", reason });
  }
  return { inputs, defaulted, failures };
}

function fillIn<S>(type: ResourceType<S>, request: CheckRequest, inputs: Props): string[] {
  const defaulted = Object.entries(type.fields)
    .filter(([key, field]) => inputs[key] === undefined && isFilled(field, request))
    .map(([key]) => key);
  for (const key of defaulted) {
    const field = type.fields[key];
    inputs[key] = field?.autoname ? autoname(request, key) : (field?.default ?? null);
  }
  return defaulted;
}

const isFilled = (field: Field, { defaultsAreInputs }: CheckRequest) =>
  field.autoname || (defaultsAreInputs && field.default !== undefined);

/** A name once made stays; the engine's seed makes preview and update agree on it. */
function autoname({ previous, name, seed }: CheckRequest, key: string): Value {
  const kept = previous.props[key];
  if (kept !== undefined && previous.defaulted.has(key)) return kept;
  return `${name}-${createHash("sha256").update(seed).digest("hex").slice(0, 7)}`;
}

function refusal(field: Field, value: Value | undefined): string | undefined {
  if (value === undefined) return field.required ? "it is required, but was not given" : undefined;
  if (value === UNKNOWN) return undefined;
  if (!matches(field.kind, value)) return `it must be ${article[field.kind]}, got ${shape(value)}`;
  return hasUnknown(value) ? undefined : field.refuse?.(value);
}

const article: Record<Kind, string> = {
  string: "a string",
  integer: "a whole number",
  boolean: "true or false",
  list: "a list of strings",
  set: "a list of strings",
  map: "a map of strings",
  object: "an object",
};

const isText = (value: Value) => typeof value === "string" || value === UNKNOWN;
const isObject = (value: Value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function matches(kind: Kind, value: Value): boolean {
  if (kind === "integer") return Number.isInteger(value);
  if (kind === "list" || kind === "set") return Array.isArray(value) && value.every(isText);
  if (kind === "map") return isObject(value) && Object.values(value as Props).every(isText);
  if (kind === "object") return isObject(value);
  return typeof value === kind;
}

/** Tells what kind of value came, not the value: it may be a secret. */
const shape = (value: Value) =>
  Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
