/**
 * Starts a program of this package. It is plain JavaScript that every Node reads, so that an old one gets a sentence;
 * and the engine's language host registers a compiler that cannot load TypeScript modules, while Node itself can.
 * Print nothing here: stdout is the engine's.
 */

import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import process from "node:process";
import { URL } from "node:url";

const folder = new URL("./", import.meta.url);
const { engines, version } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));

/** @param {string} text */
function release(text) {
  const [major = 0, minor = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return { text: `${major}.${minor}`, order: major * 1000 + minor };
}

/** @param {string} reason */
function refuse(reason) {
  process.stderr.write(`policy pack: ${reason}\n`);
  process.exitCode = 1;
}

/** Node reads no TypeScript below node_modules, so the published package has what prepack compiled, and no sources. */
function fileOf(/** @type {string} */ program) {
  const source = new URL(`${program}.ts`, folder);
  return existsSync(source) ? source : new URL(`dist/${program}.js`, folder);
}

/**
 * Loads a program and starts it, or says in one sentence why it cannot.
 *
 * @param {"pack" | "check"} program
 */
export async function load(program) {
  const oldest = release(engines.node);
  const { node } = process.versions;
  if (release(node).order < oldest.order)
    return refuse(`it needs Node ${oldest.text} or newer, and this is ${node}.`);
  module.enableCompileCache();
  try {
    const { start } = await import(fileOf(program).href);
    start({ folder, version });
  } catch (error) {
    const { code } = /** @type {{ code?: string }} */ (error);
    if (code !== "ERR_MODULE_NOT_FOUND") throw error;
    return refuse("its packages are missing; run npm install in its folder.");
  }
  // The engine ends the pack by a signal, before Node would write the cache.
  module.flushCompileCache();
}
