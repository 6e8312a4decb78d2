/**
 * Reads resources for a run without the engine. Three shapes are understood:
 * - a list of registrations `{ type, name, inputs | props, urn?, protect?, ignoreChanges? }`,
 * - a rendering `{ stack, registrations: [...] }`,
 * - an exported state `{ deployment: { resources: [...] } }` from `pulumi stack export`.
 */

import { isMap } from "../engine/cursor.ts";
import { stackOf } from "../engine/levels.ts";
import type { Registration } from "../engine/normalise.ts";

/** An input that cannot be judged; its message is one sentence. */
export class InputError extends Error {}

const PROJECT = "shlink-platform";

/**
 * @param file for messages
 * @param stack as the caller names it
 */
export function readResources(
  file: string,
  text: string,
  stack: string | undefined,
): { stack: string | undefined; registrations: Registration[] } {
  const parsed = parse(file, text);
  const { list, named } = resourcesIn(file, parsed);
  const name = stack ?? named ?? fromUrns(list);
  return {
    stack: name,
    registrations: list.map((entry, index) => registration(file, entry, index, name)),
  };
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

function resourcesIn(
  file: string,
  parsed: unknown,
): { list: unknown[]; named: string | undefined } {
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

/** @param entry what is only read, or already on its way out, is not judged */
function alive(entry: unknown) {
  return isMap(entry) && entry["delete"] !== true && entry["external"] !== true;
}

function fromUrns(list: unknown[]) {
  for (const entry of list) {
    const stack = isMap(entry) ? stackOf(entry["urn"]) : undefined;
    if (stack !== undefined) return stack;
  }
  return undefined;
}

function registration(
  file: string,
  entry: unknown,
  index: number,
  stack: string | undefined,
): Registration {
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
