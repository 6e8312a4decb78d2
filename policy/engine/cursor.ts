/**
 * Reads property trees whose parts may not be known yet. Every read ends in one of three verdicts:
 * known, unknown (the engine fills it in later) or absent. Nothing here throws on any input.
 */

import * as proxy from "@pulumi/policy/proxy.js";
import {
  specialOutputValueSig,
  specialSecretSig,
  specialSigKey,
  unknownValue,
} from "@pulumi/pulumi/runtime/rpc.js";

/** The strings that stand for a value the engine does not know yet, one per type; the SDK's types hide them. */
const UNKNOWNS = new Set(
  Object.entries(proxy)
    .filter(([name]) => /^unknown\w+Value$/.test(name))
    .map(([, value]): unknown => value),
);

export type Verdict = "known" | "unknown" | "absent";

/** What a node belongs to, for messages. */
export type Subject = { label: string; id: string };

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Strips what Pulumi wraps around a value: secrets, outputs, the policy SDK's own proxy. */
function unwrap(value: unknown): unknown {
  if (!isMap(value)) return value;
  const signature = value[specialSigKey];
  if (signature === specialSecretSig) return secretValue(value);
  if (signature === specialOutputValueSig)
    return "value" in value ? unwrap(value["value"]) : unknownValue;
  return value;
}

/** An encrypted secret is a value we cannot judge, not one that is missing. */
function secretValue(wrapped: Record<string, unknown>) {
  if ("value" in wrapped) return unwrap(wrapped["value"]);
  if (typeof wrapped["plaintext"] !== "string") return unknownValue;
  try {
    return unwrap(JSON.parse(wrapped["plaintext"]));
  } catch {
    return unknownValue;
  }
}

function childPath(path: string, key: string) {
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key.slice(0, 120))}]`;
  return path === "" ? key : `${path}.${key}`;
}

function verdictOf(value: unknown): Verdict {
  if (value === undefined || value === null) return "absent";
  return UNKNOWNS.has(value) ? "unknown" : "known";
}

/** One place in a property tree. */
export class Cursor {
  readonly value: unknown;
  readonly path: string;
  readonly subject: Subject;
  readonly verdict: Verdict;
  #entries: [string, Cursor][] | undefined;

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
    this.#entries ??= Object.keys(this.value).map((key) => [key, this.get(key)]);
    return this.#entries;
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
export function walk(node: Cursor, depth: number = 40, found: Cursor[] = []): Cursor[] {
  found.push(node);
  if (depth === 0) return found;
  if (node.isList) for (const item of node.items()) walk(item, depth - 1, found);
  else for (const [, child] of node.entries()) walk(child, depth - 1, found);
  return found;
}
