/** The npm scripts load this first. It is plain JavaScript, so that a Node that cannot read TypeScript gets a sentence. */

import { readFileSync } from "node:fs";
import process from "node:process";
import { URL } from "node:url";

/** @param {string} text */
const order = (text) => {
  const [major = 0, minor = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return major * 1000 + minor;
};

const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const oldest = engines.node.replace(">=", "");
if (order(process.versions.node) < order(oldest)) {
  process.stderr.write(
    `This needs Node ${oldest} or newer, and ${process.execPath} is ${process.versions.node}.\n`,
  );
  process.exit(1);
}
