/** Manifests and configurations that travel as text: YAML documents, shell heredocs, base64. */

import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import type * as Yaml from "yaml";

const LONGEST = 2 * 1024 * 1024;

let yaml: typeof Yaml | undefined;

/** Few programs carry YAML text, so its parser is loaded when the first one does. */
function yamlParser() {
  yaml ??= createRequire(import.meta.url)("yaml") as typeof Yaml;
  return yaml;
}

function looksLikeManifests(text: string) {
  return /["']?apiVersion["']?\s*:/.test(text) && /["']?kind["']?\s*:/.test(text);
}

/**
 * The Kubernetes objects in a text of YAML or JSON documents, and in the heredocs of a script.
 */
export function manifestsIn(text: string): unknown[] {
  if (text.length > LONGEST || !looksLikeManifests(text)) return [];
  const whole = documents(text);
  if (whole.length > 0) return whole;
  return heredocs(text).flatMap((inner) => (looksLikeManifests(inner) ? documents(inner) : []));
}

function documents(text: string): unknown[] {
  const options = { logLevel: "silent" as const, uniqueKeys: false };
  try {
    return yamlParser()
      .parseAllDocuments(text, options)
      .map((document) => document.toJS({ maxAliasCount: 100 }) as unknown)
      .filter(isManifest);
  } catch {
    return [];
  }
}

export function isManifest(value: unknown) {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind } = value as Record<string, unknown>;
  return typeof apiVersion === "string" && typeof kind === "string";
}

/** Answers where a line comes next, in one pass for questions that only go forward. */
function finder(lines: string[]): (line: string, after: number) => number | undefined {
  const places = new Map<string, number[]>();
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at]?.trim() ?? "";
    const known = places.get(line);
    if (known === undefined) places.set(line, [at]);
    else known.push(at);
  }
  return (line, after) => {
    const known = places.get(line) ?? [];
    while ((known.at(-1) ?? Infinity) <= after) known.pop();
    return known.at(-1);
  };
}

/** The bodies of `<<EOF ... EOF` in a shell script. */
export function heredocs(script: string): string[] {
  return partsOf(script).heredocs;
}

/** A shell script as its heredocs, and what is left without them. */
export function partsOf(script: string): { heredocs: string[]; rest: string } {
  const lines = script.split("\n");
  const nextOf = finder(lines);
  const found: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    rest.push(lines[at] ?? "");
    const marker = /<<-?\s*["'\\]?([A-Za-z_]\w*)/.exec(lines[at] ?? "")?.[1];
    const end = marker === undefined ? undefined : nextOf(marker, at);
    if (end === undefined) continue;
    found.push(lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return { heredocs: found, rest: rest.join("\n") };
}

export function decodeBase64(text: string): string {
  return text.length > LONGEST ? "" : Buffer.from(text, "base64").toString("utf8");
}

/** @returns nothing when a part of the text is no YAML */
export function yamlTrees(text: string): unknown[] {
  if (text.length > LONGEST) return [];
  try {
    const found = yamlParser().parseAllDocuments(text, { logLevel: "silent", uniqueKeys: false });
    if (found.some(({ errors }) => errors.length > 0)) return [];
    return found.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
  } catch {
    return [];
  }
}

/** @returns undefined when it is no YAML map */
export function parseValues(text: string): unknown {
  if (text.length > LONGEST) return undefined;
  try {
    return yamlParser().parse(text, { logLevel: "silent" }) as unknown;
  } catch {
    return undefined;
  }
}
