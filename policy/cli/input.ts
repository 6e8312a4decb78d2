/**
 * Reads resources for a run without the engine. Three shapes are understood:
 * - a list of registrations `{ type, name, inputs | props, urn?, protect?, ignoreChanges? }`,
 * - a rendering `{ registrations: [...] }`,
 * - an exported state `{ deployment: { resources: [...] } }` from `pulumi stack export`.
 */

import { isMap } from "../engine/cursor.ts";
import type { Registration } from "../engine/normalise.ts";

/** An input that cannot be judged; its message is one sentence. */
export class InputError extends Error {}

/** @param file for messages */
export function readResources(file: string, text: string): Registration[] {
  return resourcesIn(file, parse(file, text)).map((entry, index) =>
    registration(file, entry, index),
  );
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(
      `${file}: it is not valid JSON; give a list of resources or the output of "pulumi stack export".`,
    );
  }
}

function resourcesIn(file: string, parsed: unknown): unknown[] {
  if (Array.isArray(parsed)) return parsed;
  if (isMap(parsed)) {
    for (const key of ["registrations", "resources"]) {
      const list = parsed[key];
      if (Array.isArray(list)) return list;
    }
    const deployment = parsed["deployment"];
    if (isMap(deployment)) {
      // An empty stack is exported without a list.
      const resources = deployment["resources"] ?? [];
      if (Array.isArray(resources)) return resources.filter(alive);
    }
  }
  throw new InputError(
    `${file}: no resources found; expected a list, { registrations } or { deployment: { resources } }.`,
  );
}

/** @param entry what is only read, or already on its way out, is not judged */
function alive(entry: unknown): boolean {
  return isMap(entry) && entry["delete"] !== true && entry["external"] !== true;
}

function registration(file: string, entry: unknown, index: number): Registration {
  if (!isMap(entry) || typeof entry["type"] !== "string") {
    throw new InputError(`${file}: resource ${index} has no type.`);
  }
  const { type, urn, inputs, props, protect, ignoreChanges } = entry;
  const last = typeof urn === "string" ? urn.split("::").pop() : undefined;
  const name = typeof entry["name"] === "string" ? entry["name"] : (last ?? `resource ${index}`);
  return {
    type,
    name,
    urn: typeof urn === "string" ? urn : `urn:pulumi:stack::project::${type}::${name}`,
    props: inputs ?? props ?? {},
    opts: {
      protect: protect === true,
      ignoreChanges: Array.isArray(ignoreChanges) ? ignoreChanges.map(String) : [],
    },
  };
}
