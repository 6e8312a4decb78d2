/**
 * Reads resources for a run without the engine. Three shapes are understood:
 * - a list of registrations `{ type, name, inputs | props, urn?, protect?, ignoreChanges? }`,
 * - a rendering `{ stack, registrations: [...] }`,
 * - an exported state `{ deployment: { resources: [...] } }` from `pulumi stack export`.
 */

import { isMap } from "../engine/reader.js";
import { stackOf } from "../engine/levels.js";

/** @import { Registration } from "../engine/normalise.js" */

/** An input that cannot be judged; its message is one sentence. */
export class InputError extends Error {}

const PROJECT = "shlink-platform";

/**
 * @param {string} file for messages
 * @param {string} text
 * @param {string | undefined} stack as the caller names it
 * @returns {{ stack: string | undefined, registrations: Registration[] }}
 */
export function readResources(file, text, stack) {
  const parsed = parse(file, text);
  const { list, named } = resourcesIn(file, parsed);
  const name = stack ?? named ?? fromUrns(list);
  return {
    stack: name,
    registrations: list.map((entry, index) => registration(file, entry, index, name)),
  };
}

/** @param {string} file @param {string} text @returns {unknown} */
function parse(file, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(
      `${file}: this is no JSON; give a list of resources or the output of "pulumi stack export".`,
    );
  }
}

/**
 * @param {string} file
 * @param {unknown} parsed
 * @returns {{ list: unknown[], named: string | undefined }}
 */
function resourcesIn(file, parsed) {
  if (Array.isArray(parsed)) return { list: parsed, named: undefined };
  if (isMap(parsed)) {
    const named = typeof parsed["stack"] === "string" ? parsed["stack"] : undefined;
    for (const key of ["registrations", "resources"]) {
      const list = parsed[key];
      if (Array.isArray(list)) return { list, named };
    }
    const deployment = parsed["deployment"];
    if (isMap(deployment) && Array.isArray(deployment["resources"])) {
      return { list: deployment["resources"].filter(alive), named };
    }
  }
  throw new InputError(
    `${file}: no resources found; expected a list, { registrations } or { deployment: { resources } }.`,
  );
}

/** @param {unknown} entry what is only read, or already on its way out, is not judged */
function alive(entry) {
  return isMap(entry) && entry["delete"] !== true && entry["external"] !== true;
}

/** @param {unknown[]} list */
function fromUrns(list) {
  for (const entry of list) {
    const stack = isMap(entry) ? stackOf(entry["urn"]) : undefined;
    if (stack !== undefined) return stack;
  }
  return undefined;
}

/**
 * @param {string} file
 * @param {unknown} entry
 * @param {number} index
 * @param {string | undefined} stack
 * @returns {Registration}
 */
function registration(file, entry, index, stack) {
  if (!isMap(entry) || typeof entry["type"] !== "string") {
    throw new InputError(`${file}: resource ${index} has no type.`);
  }
  const { type, urn, inputs, props, protect, ignoreChanges } = entry;
  const last = typeof urn === "string" ? urn.split("::").pop() : undefined;
  const name = typeof entry["name"] === "string" ? entry["name"] : (last ?? `resource ${index}`);
  return {
    type,
    name,
    urn:
      typeof urn === "string" ? urn : `urn:pulumi:${stack ?? "prod"}::${PROJECT}::${type}::${name}`,
    props: inputs ?? props ?? {},
    opts: {
      protect: protect === true,
      ignoreChanges: Array.isArray(ignoreChanges) ? ignoreChanges.map(String) : [],
    },
  };
}
