/** The policy pack: the only place that makes one. Print nothing here, stdout is the engine's. */

import "./quickstart.js";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { URL } from "node:url";
import { ConfigError, readConfig } from "./engine/config.js";
import { dayOf } from "./engine/exemptions.js";
import { guardConfiguration } from "./engine/guard.js";
import { sdkPolicy } from "./engine/pack.js";
import { policies } from "./rules.js";

const require = createRequire(import.meta.url);
const { version } = /** @type {{ version: string }} */ (require("./package.json"));
const { PolicyPack } = /** @type {typeof import("@pulumi/policy")} */ (require("@pulumi/policy"));

const today = () => dayOf(new Date());

/** The engine keeps names that it does not know to itself, so the pack reads its own files first. */
function refuseBadFiles() {
  const folder = new URL("./config/", import.meta.url);
  for (const file of readdirSync(folder)) {
    try {
      readConfig(policies, JSON.parse(readFileSync(new URL(file, folder), "utf8")), today());
    } catch (error) {
      const reason = error instanceof ConfigError ? error.message : "this is no JSON.";
      process.stderr.write(`policy/config/${file}: ${reason}\n`);
      process.exit(1);
    }
  }
}

refuseBadFiles();
guardConfiguration(policies, today);
new PolicyPack("shlink-platform", {
  displayName: "Shlink platform",
  description:
    "Keeps wildcard hosts and a plaintext Vault out of prod, and the rest in good order.",
  enforcementLevel: "mandatory",
  policies: policies.map((policy) => sdkPolicy(policy, version, today)),
});
