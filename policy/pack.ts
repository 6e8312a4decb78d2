/** The policy pack: the only place that makes one. Print nothing here, stdout is the engine's. */

import "./fast-start.ts";
import { PolicyPack } from "@pulumi/policy";
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { URL } from "node:url";
import { ConfigError, readConfig } from "./engine/config.ts";
import { dayOf } from "./engine/exemptions.ts";
import { guardConfiguration } from "./engine/guard.ts";
import { sdkPolicies } from "./engine/sdk.ts";
import { policies } from "./rules.ts";
import packageFile from "./package.json" with { type: "json" };

const today = () => dayOf(new Date());

/** The engine keeps names that it does not know to itself, so the pack reads its own files first. */
function refuseBadFiles() {
  const folder = new URL("./config/", import.meta.url);
  for (const file of readdirSync(folder)) {
    try {
      readConfig(policies, JSON.parse(readFileSync(new URL(file, folder), "utf8")), today());
    } catch (error) {
      const reason = error instanceof ConfigError ? error.message : "it is not valid JSON.";
      process.stderr.write(`policy/config/${file}: ${reason}\n`);
      process.exit(1);
    }
  }
}

refuseBadFiles();
guardConfiguration(policies, today, (stack) => {
  new PolicyPack("shlink-platform", {
    displayName: "Shlink platform",
    description:
      "Keeps wildcard hosts and a plaintext Vault out of prod, and the rest in good order.",
    enforcementLevel: "mandatory",
    policies: sdkPolicies(policies, { version: packageFile.version, today, stack }),
  });
});
