/** What a Vault configuration says about its listeners, storage and addresses. */

import type { Body, Item, Value } from "./hcl.ts";

export type Block = { type: string; body: Body };

export type Switch = "true" | "false" | "unreadable";

const sameKey = (left: string, right: string) => left.toLowerCase() === right;

/**
 * Every value that a key has in a body; Vault compares keys without regard to case.
 * @param key lower case
 */
export function valuesOf(body: Body, key: string): Value[] {
  return body.items
    .filter((item) => item.keys.length === 1 && sameKey(item.keys[0] ?? "", key))
    .flatMap((item) => [item.value]);
}

/**
 * The bodies of `kind "type" { }`, `kind = { type = { } }`, and of lists of either.
 * @param kind lower case, for example "listener"
 */
export function blocks(body: Body, kind: string): Block[] {
  return body.items
    .filter((item) => sameKey(item.keys[0] ?? "", kind))
    .flatMap((item) => blocksOf(item.value, item.keys.slice(1)));
}

function blocksOf(value: Value, labels: string[]): Block[] {
  if (value.kind === "list") return value.items.flatMap((item) => blocksOf(item, labels));
  if (value.kind !== "object") return [];
  const [type] = labels;
  if (type !== undefined) return [{ type: type.toLowerCase(), body: value }];
  const named = value.items.filter((item) => holdsObjects(item.value));
  const plain = { kind: value.kind, items: value.items.filter((item) => !named.includes(item)) };
  const inner = named.flatMap((item) => blocksOf(item.value, item.keys));
  return plain.items.length > 0 ? [...inner, { type: typeOf(plain), body: plain }] : inner;
}

function holdsObjects(value: Value): boolean {
  return value.kind === "object" || (value.kind === "list" && value.items.some(holdsObjects));
}

function typeOf(body: Body): string {
  const type = valuesOf(body, "type").at(-1);
  return type !== undefined && "text" in type ? type.text.toLowerCase() : "";
}

/** How Vault reads a switch: numbers by being zero or not, strings by Go's list of words. */
function switchOf(value: Value): Switch {
  switch (value.kind) {
    case "number":
      return isZero(value.text) ? "false" : "true";
    case "word":
      return value.text === "true" ? "true" : value.text === "false" ? "false" : "unreadable";
    case "string":
      if (["1", "t", "T", "true", "TRUE", "True"].includes(value.text)) return "true";
      if (["", "0", "f", "F", "false", "FALSE", "False"].includes(value.text)) return "false";
      return "unreadable";
    case "null":
      return "false";
    default:
      return "unreadable";
  }
}

/** @param text a number as HCL writes it */
function isZero(text: string) {
  return Number(text.replace(/^[-+]/, "")) === 0;
}

/**
 * A repeated key counts by its worst value.
 * @param key lower case
 * @returns false when the key is absent
 */
export function worstSwitch(body: Body, key: string): Switch {
  return worstOf(valuesOf(body, key));
}

function worstOf(values: Value[]): Switch {
  const all = values.map(switchOf);
  if (all.includes("true")) return "true";
  if (all.includes("unreadable")) return "unreadable";
  return "false";
}

/** @returns the listeners that speak over a network */
export function networkListeners(config: Body): Block[] {
  return blocks(config, "listener").filter((listener) => !isUnix(listener));
}

/** A type inside a listener beats its label, also in the objects that JSON may put in between. */
function isUnix({ type, body }: Block): boolean {
  const types = [...valuesBelow(body, "type")];
  if (types.length === 0) return type === "unix";
  return types.every((value) => value.kind === "string" && value.text.toLowerCase() === "unix");
}

const has = (config: Body, kind: string) =>
  config.items.some(({ keys: [key = ""] }) => sameKey(key, kind));

/** Only a server stores something. */
function isServer(config: Body) {
  return ["storage", "backend", "ha_storage", "ha_backend"].some((kind) => has(config, kind));
}

/** Vault's agent and proxy: they log in to a server. */
function isAgent(config: Body) {
  return !isServer(config) && (has(config, "auto_auth") || has(config, "vault"));
}

/** Boundary's configuration looks like Vault's, but each of its listeners has a purpose. */
function isBoundary(config: Body) {
  if (isServer(config) || !(has(config, "controller") || has(config, "worker"))) return false;
  return networkListeners(config).every(({ body }) => valuesOf(body, "purpose").length > 0);
}

/** Without an address Vault listens on the loopback interface. */
function isOnLoopback({ body }: Block) {
  return [...valuesBelow(body, "address")].every(
    (value) =>
      value.kind === "string" && /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/.test(value.text),
  );
}

/** The listeners of Vault that would speak plaintext to others, and why. */
export function plaintextListeners(config: Body): ("true" | "unreadable")[] {
  if (isBoundary(config)) return [];
  const mayBeLocal = isAgent(config);
  return networkListeners(config).flatMap((listener) => {
    if (mayBeLocal && isOnLoopback(listener)) return [];
    const verdict = worstOf([...valuesBelow(listener.body, "tls_disable")]);
    return verdict === "false" ? [] : [verdict];
  });
}

/** Every value that a key has in a body, at any depth. */
function* valuesBelow(body: Body, key: string): Generator<Value> {
  yield* valuesOf(body, key);
  for (const { value } of body.items) {
    const inner = value.kind === "list" ? value.items : [value];
    for (const one of inner) if (one.kind === "object") yield* valuesBelow(one, key);
  }
}

/** Every string in the tree with the key it stands under. */
export function* strings(value: Value, key: string = ""): Generator<{ key: string; text: string }> {
  if (value.kind === "string") yield { key: key.toLowerCase(), text: value.text };
  else if (value.kind === "list") for (const item of value.items) yield* strings(item, key);
  else if (value.kind === "object") {
    for (const item of value.items) yield* strings(item.value, lastKey(item));
  }
}

function lastKey(item: Item) {
  return item.keys[item.keys.length - 1] ?? "";
}
