/**
 * Reads property trees whose parts may not be known yet. Every read ends in one of three verdicts:
 * known, unknown (the engine fills it in later) or absent. Nothing here throws on any input.
 */

/** The strings that stand for a value the engine does not know yet, one per type. */
const UNKNOWNS = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export type Verdict = "known" | "unknown" | "absent";

/** What a node belongs to, for messages. */
export type Subject = { label: string; id: string };

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Strips what Pulumi wraps around a value: secrets, outputs, the policy SDK's own proxy. */
export function unwrap(value: unknown): unknown {
  if (!isMap(value)) return value;
  const signature = value[SIGNATURE];
  if (signature === SECRET) return secretValue(value);
  if (signature === OUTPUT) return "value" in value ? unwrap(value["value"]) : UNKNOWN;
  return value;
}

/** An encrypted secret is a value we cannot judge, not one that is missing. */
function secretValue(wrapped: Record<string, unknown>) {
  if ("value" in wrapped) return unwrap(wrapped["value"]);
  if (typeof wrapped["plaintext"] !== "string") return UNKNOWN;
  try {
    return unwrap(JSON.parse(wrapped["plaintext"]));
  } catch {
    return UNKNOWN;
  }
}

function childPath(path: string, key: string) {
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key.slice(0, 120))}]`;
  return path === "" ? key : `${path}.${key}`;
}

function verdictOf(value: unknown): Verdict {
  if (value === undefined || value === null) return "absent";
  return typeof value === "string" && UNKNOWNS.has(value) ? "unknown" : "known";
}

/** One place in a property tree. */
export class Cursor {
  readonly value: unknown;
  readonly path: string;
  readonly subject: Subject;
  readonly verdict: Verdict;

  constructor(value: unknown, path: string, subject: Subject) {
    this.value = unwrap(value);
    this.path = path;
    this.subject = subject;
    this.verdict = verdictOf(this.value);
  }

  get known() {
    return this.verdict === "known";
  }
  get unknown() {
    return this.verdict === "unknown";
  }
  get absent() {
    return this.verdict === "absent";
  }
  get isList() {
    return Array.isArray(this.value);
  }
  get isMap() {
    return isMap(this.value);
  }

  /** Below an unknown everything is unknown, and the path stays where the knowledge ends. */
  get(key: string): Cursor {
    if (this.unknown) return this;
    const own = isMap(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Cursor(own, childPath(this.path, key), this.subject);
  }

  /** @param keys dotted, for example "spec.template.spec" */
  at(keys: string): Cursor {
    return keys.split(".").reduce((node, key) => node.get(key), this as Cursor);
  }

  /** The elements of a list. A single value counts as a list of one, an unknown as one unknown. */
  items(): Cursor[] {
    if (this.absent) return [];
    if (!Array.isArray(this.value)) return [this];
    return this.value.map(
      (value, index) => new Cursor(value, `${this.path}[${index}]`, this.subject),
    );
  }

  entries(): [string, Cursor][] {
    if (!isMap(this.value)) return [];
    return Object.keys(this.value).map((key) => [key, this.get(key)]);
  }

  /** The text of a known string, else "". */
  text() {
    return this.known && typeof this.value === "string" ? this.value : "";
  }

  /** A number, also when written as a string; else undefined. */
  number() {
    if (typeof this.value === "number") return this.value;
    const text = this.text().trim();
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  }

  /** True for true and for the strings that Helm and environment variables use for it. */
  isTrue() {
    return (
      this.value === true || /^\s*(true|t|1|yes|on)\s*$/i.test(this.text()) || this.value === 1
    );
  }

  isFalse() {
    return (
      this.value === false || /^\s*(false|f|0|no|off)\s*$/i.test(this.text()) || this.value === 0
    );
  }
}

/** Every node below this one, itself included, parents before children. */
export function* walk(node: Cursor, depth: number = 40): Generator<Cursor> {
  yield node;
  if (depth === 0) return;
  if (node.isList) for (const item of node.items()) yield* walk(item, depth - 1);
  else for (const [, child] of node.entries()) yield* walk(child, depth - 1);
}
