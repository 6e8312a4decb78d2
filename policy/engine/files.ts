/** The pack's own files of configuration. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";
import { ConfigError, readConfig } from "./config.ts";
import type { Policy } from "./policy.ts";

/** Says what is wrong with a file of a folder with configurations; undefined where all of them can be used. */
export function badFile(policies: Policy[], folder: URL, today: string): string | undefined {
  for (const name of readdirSync(folder)) {
    const file = new URL(name, folder);
    try {
      readConfig(policies, JSON.parse(readFileSync(file, "utf8")), today);
    } catch (error) {
      const reason = error instanceof ConfigError ? error.message : "it is not valid JSON.";
      return `${fileURLToPath(file)}: ${reason}`;
    }
  }
  return undefined;
}
