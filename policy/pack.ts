/** The policy pack: the only place that makes one. Print nothing here, stdout is the engine's. */

import "./fast-start.ts";
import { PolicyPack } from "@pulumi/policy";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";
import { ConfigError, readConfig } from "./engine/config.ts";
import { dayOf } from "./engine/exemptions.ts";
import { guardConfiguration } from "./engine/guard.ts";
import { sdkPolicies } from "./engine/sdk.ts";
import { policies } from "./rules.ts";

/** Where the package lies, and what package.json says of it. */
interface Package {
  folder: URL;
  version: string;
}

const today = dayOf(new Date());

/** The engine keeps names that it does not know to itself, so the pack reads its own files first. */
function refuseBadFiles(folder: URL) {
  for (const name of readdirSync(folder)) {
    const file = new URL(name, folder);
    try {
      readConfig(policies, JSON.parse(readFileSync(file, "utf8")), today);
    } catch (error) {
      const reason = error instanceof ConfigError ? error.message : "it is not valid JSON.";
      process.stderr.write(`${fileURLToPath(file)}: ${reason}\n`);
      process.exit(1);
    }
  }
}

/** Serves the pack; ends the process with one sentence when a file of its configuration is bad. */
export function start({ folder, version }: Package) {
  refuseBadFiles(new URL("config/", folder));
  guardConfiguration(policies, today, (config) => {
    new PolicyPack("shlink-platform", {
      displayName: "Shlink platform",
      description:
        "Keeps wildcard hosts and a plaintext Vault out of prod, and the rest in good order.",
      enforcementLevel: "mandatory",
      policies: sdkPolicies(policies, { version, today, config }),
    });
  });
}
