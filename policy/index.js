/** The policy pack: the only place that makes one. Print nothing here, stdout is the engine's. */

import "./quickstart.js";
import { createRequire } from "node:module";
import { dayOf } from "./engine/exemptions.js";
import { guardConfiguration } from "./engine/guard.js";
import { sdkPolicy } from "./engine/pack.js";
import { policies } from "./rules.js";

const require = createRequire(import.meta.url);
const { version } = /** @type {{ version: string }} */ (require("./package.json"));
const { PolicyPack } = /** @type {typeof import("@pulumi/policy")} */ (require("@pulumi/policy"));

const today = () => dayOf(new Date());

guardConfiguration(policies, today);
new PolicyPack("shlink-platform", {
  displayName: "Shlink platform",
  description:
    "Keeps wildcard hosts and a plaintext Vault out of prod, and the rest in good order.",
  enforcementLevel: "mandatory",
  policies: policies.map((policy) => sdkPolicy(policy, version, today)),
});
