import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** A value that the engine does not know yet, because another resource is still to be made. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type Value =
  string | number | boolean | null | typeof UNKNOWN | Value[] | { [key: string]: Value };
export type Props = Record<string, Value>;

export interface Received {
  props: Props;
  /** Names of the properties that hold a secret somewhere inside. */
  secrets: Set<string>;
  /** Names of the inputs that the plugin filled in, not the program. */
  defaulted: Set<string>;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
/** The engine has one placeholder for each type that the value is going to have. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownMarks = new Set([
  unknownMark,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The real providers keep their notes in the state under such names. */
const note = "__";
const defaultsNote = "__defaults";

/** Unwraps what came over the wire; nulls count as absent. */
export function receive(struct: Struct | undefined): Received {
  const props: Props = {};
  const secrets = new Set<string>();
  const defaulted = new Set<string>();
  for (const [key, raw] of Object.entries(struct?.toJavaScript() ?? {})) {
    if (key === defaultsNote && Array.isArray(raw))
      for (const name of raw) defaulted.add(String(name));
    if (raw === null || key.startsWith(note)) continue;
    props[key] = unwrap(raw, () => secrets.add(key));
  }
  return { props, secrets, defaulted };
}

/** Inputs carry a note of what was filled in; it is not shown to anybody. */
export const sendInputs = ({ props, secrets, defaulted }: Received): Struct =>
  send({ ...props, [defaultsNote]: [...defaulted].sort() }, secrets);

export function send(props: Props, secrets: ReadonlySet<string>): Struct {
  const wire: Record<string, structPb.JavaScriptValue> = {};
  for (const [key, value] of Object.entries(props)) {
    const plain = wrap(value);
    wire[key] = secrets.has(key) ? { [signature]: secretMark, value: plain } : plain;
  }
  return structPb.Struct.fromJavaScript(wire);
}

export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}

function unwrap(raw: structPb.JavaScriptValue, onSecret: () => void): Value {
  if (typeof raw === "string") return unknownMarks.has(raw) ? UNKNOWN : raw;
  if (typeof raw !== "object" || raw === null) return raw;
  if (Array.isArray(raw)) {
    return (raw as structPb.JavaScriptValue[]).map((element) => unwrap(element, onSecret));
  }
  const members = raw as Record<string, structPb.JavaScriptValue>;
  if (members[signature] === secretMark) {
    onSecret();
    return unwrap(members["value"] ?? null, onSecret);
  }
  const entries = Object.entries(members).filter(([, element]) => element !== null);
  return Object.fromEntries(entries.map(([key, element]) => [key, unwrap(element, onSecret)]));
}

function wrap(value: Value): structPb.JavaScriptValue {
  if (value === UNKNOWN) return unknownMark;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wrap);
  return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, wrap(element)]));
}
