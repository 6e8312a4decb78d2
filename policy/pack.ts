/** The policy pack: the only place that makes one. Print nothing here, stdout is the engine's. */

import "./fast-start.ts";
import { PolicyPack } from "@pulumi/policy";
import process from "node:process";
import { URL } from "node:url";
import { dayOf } from "./engine/exemptions.ts";
import { badFile } from "./engine/files.ts";
import { guardConfiguration } from "./engine/guard.ts";
import { sdkPolicies } from "./engine/sdk.ts";
import { policies } from "./rules.ts";

/** Where the package lies, and what package.json says of it. */
interface Package {
  folder: URL;
  version: string;
}

const today = dayOf(new Date());

/** Serves the pack; ends the process with one sentence when a file of its configuration is bad. */
export function start({ folder, version }: Package) {
  // The engine keeps names that it does not know to itself, so the pack reads its own files first.
  const bad = badFile(policies, new URL("config/", folder), today);
  if (bad !== undefined) {
    process.stderr.write(`${bad}\n`);
    process.exit(1);
  }
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
