/** What a Vault configuration says about its listeners, storage and addresses. */

/**
 * @import { Body, Item, Value } from "./hcl.js"
 * @typedef {{ type: string, body: Body }} Block
 * @typedef {"true" | "false" | "unreadable"} Switch
 */

/** @param {string} left @param {string} right */
const sameKey = (left, right) => left.toLowerCase() === right;

/**
 * Every value that a key has in a body; Vault compares keys without regard to case.
 * @param {Body} body
 * @param {string} key lower case
 * @returns {Value[]}
 */
export function valuesOf(body, key) {
  return body.items
    .filter((item) => item.keys.length === 1 && sameKey(item.keys[0] ?? "", key))
    .flatMap((item) => [item.value]);
}

/**
 * The bodies of `kind "type" { }`, `kind = { type = { } }`, and of lists of either.
 * @param {Body} body
 * @param {string} kind lower case, for example "listener"
 * @returns {Block[]}
 */
export function blocks(body, kind) {
  return body.items
    .filter((item) => sameKey(item.keys[0] ?? "", kind))
    .flatMap((item) => blocksOf(item.value, item.keys.slice(1)));
}

/**
 * @param {Value} value
 * @param {string[]} labels
 * @returns {Block[]}
 */
function blocksOf(value, labels) {
  if (value.kind === "list") return value.items.flatMap((item) => blocksOf(item, labels));
  if (value.kind !== "object") return [];
  const [type] = labels;
  if (type !== undefined) return [{ type: type.toLowerCase(), body: value }];
  const named = value.items.filter((item) => holdsObjects(item.value));
  const plain = { kind: value.kind, items: value.items.filter((item) => !named.includes(item)) };
  const inner = named.flatMap((item) => blocksOf(item.value, item.keys));
  return plain.items.length > 0 ? [...inner, { type: typeOf(plain), body: plain }] : inner;
}

/** @param {Value} value @returns {boolean} */
function holdsObjects(value) {
  return value.kind === "object" || (value.kind === "list" && value.items.some(holdsObjects));
}

/** @param {Body} body */
function typeOf(body) {
  return (
    valuesOf(body, "type").flatMap((value) =>
      value.kind === "string" ? [value.text.toLowerCase()] : [],
    )[0] ?? ""
  );
}

/**
 * How Vault reads a switch: numbers by being zero or not, strings by Go's list of words.
 * @param {Value} value
 * @returns {Switch}
 */
export function switchOf(value) {
  switch (value.kind) {
    case "number":
      return isZero(value.text) ? "false" : "true";
    case "word":
      return value.text === "true" ? "true" : value.text === "false" ? "false" : "unreadable";
    case "string":
      if (["1", "t", "T", "true", "TRUE", "True"].includes(value.text)) return "true";
      if (["", "0", "f", "F", "false", "FALSE", "False"].includes(value.text)) return "false";
      return "unreadable";
    default:
      return "unreadable";
  }
}

/** @param {string} text a number as HCL writes it */
function isZero(text) {
  return Number(text.replace(/^[-+]/, "")) === 0;
}

/**
 * A repeated key counts by its worst value.
 * @param {Body} body
 * @param {string} key lower case
 * @returns {Switch} false when the key is absent
 */
export function worstSwitch(body, key) {
  const all = valuesOf(body, key).map(switchOf);
  if (all.includes("true")) return "true";
  if (all.includes("unreadable")) return "unreadable";
  return "false";
}

/**
 * @param {Body} config
 * @returns {Block[]} the listeners that speak over a network
 */
export function networkListeners(config) {
  return blocks(config, "listener").filter((listener) => listener.type !== "unix");
}

/**
 * The listeners that would speak plaintext, and why.
 * @param {Body} config
 * @returns {("true" | "unreadable")[]}
 */
export function plaintextListeners(config) {
  return networkListeners(config).flatMap((listener) => {
    const verdict = worstSwitch(listener.body, "tls_disable");
    return verdict === "true" || verdict === "unreadable" ? [verdict] : [];
  });
}

/**
 * Every string in the tree with the key it stands under.
 * @param {Value} value
 * @param {string} [key]
 * @returns {Generator<{ key: string, text: string }>}
 */
export function* strings(value, key = "") {
  if (value.kind === "string") yield { key: key.toLowerCase(), text: value.text };
  else if (value.kind === "list") for (const item of value.items) yield* strings(item, key);
  else if (value.kind === "object") {
    for (const item of value.items) yield* strings(item.value, lastKey(item));
  }
}

/** @param {Item} item */
function lastKey(item) {
  return item.keys[item.keys.length - 1] ?? "";
}
