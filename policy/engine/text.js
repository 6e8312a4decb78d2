/** Manifests and configurations that travel as text: YAML documents, shell heredocs, base64. */

import { Buffer } from "node:buffer";
import { createRequire } from "node:module";

const LONGEST = 2 * 1024 * 1024;

/** @type {typeof import("yaml") | undefined} */
let yaml;

/** Few programs carry YAML text, so its parser is loaded when the first one does. */
function yamlParser() {
  yaml ??= /** @type {typeof import("yaml")} */ (createRequire(import.meta.url)("yaml"));
  return yaml;
}

/** @param {string} text */
function looksLikeManifests(text) {
  return /["']?apiVersion["']?\s*:/.test(text) && /["']?kind["']?\s*:/.test(text);
}

/**
 * The Kubernetes objects in a text of YAML or JSON documents, and in the heredocs of a script.
 * @param {string} text
 * @returns {unknown[]}
 */
export function manifestsIn(text) {
  if (text.length > LONGEST || !looksLikeManifests(text)) return [];
  const whole = documents(text);
  if (whole.length > 0) return whole;
  return heredocs(text).flatMap((inner) => (looksLikeManifests(inner) ? documents(inner) : []));
}

/**
 * @param {string} text
 * @returns {unknown[]}
 */
function documents(text) {
  const options = { logLevel: /** @type {const} */ ("silent"), uniqueKeys: false };
  try {
    return yamlParser()
      .parseAllDocuments(text, options)
      .map((document) => /** @type {unknown} */ (document.toJS({ maxAliasCount: 100 })))
      .filter(isManifest);
  } catch {
    return [];
  }
}

/** @param {unknown} value */
export function isManifest(value) {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind } = /** @type {Record<string, unknown>} */ (value);
  return typeof apiVersion === "string" && typeof kind === "string";
}

/**
 * The bodies of `<<EOF ... EOF` in a shell script.
 * @param {string} script
 * @returns {string[]}
 */
export function heredocs(script) {
  const lines = script.split("\n");
  /** @type {string[]} */
  const found = [];
  for (let at = 0; at < lines.length; at += 1) {
    const marker = /<<-?\s*["'\\]?([A-Za-z_]\w*)/.exec(lines[at] ?? "")?.[1];
    const end =
      marker === undefined ? -1 : lines.findIndex((l, i) => i > at && l.trim() === marker);
    if (end < 0) continue;
    found.push(lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return found;
}

/**
 * @param {string} text
 * @returns {string}
 */
export function decodeBase64(text) {
  return text.length > LONGEST ? "" : Buffer.from(text, "base64").toString("utf8");
}

/**
 * @param {string} text
 * @returns {unknown} undefined when it is no YAML map
 */
export function parseValues(text) {
  if (text.length > LONGEST) return undefined;
  try {
    return /** @type {unknown} */ (yamlParser().parse(text, { logLevel: "silent" }));
  } catch {
    return undefined;
  }
}
