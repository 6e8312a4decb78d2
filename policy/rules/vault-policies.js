/** Vault policies grant what is needed. */

import { code } from "../engine/policy.js";
import { readHcl } from "../engine/hcl.js";
import { blocks, valuesOf } from "../engine/vault-config.js";

/**
 * @import { Policy, Judge } from "../engine/policy.js"
 * @import { Block } from "../engine/vault-config.js"
 * @import { Node } from "../engine/reader.js"
 */

const WIDE = /^(\*|\+\/\*|\+|(sys|auth|identity|secret|secret\/(data|metadata))\/\*)$/;
const ESCALATING =
  /^(sys\/(policy|policies|mounts|auth|seal|raw|rotate|generate-root)|auth\/token\/create|identity\/)/;

/** @type {Policy} */
export const vaultPolicies = {
  name: "vault-policies",
  title: "Vault policies are narrow",
  description:
    "No Vault policy covers everything, grants sudo, or lets its holder grant itself more.",
  severity: "high",
  tags: ["vault", "authorization"],
  codes: {
    V20: code(
      "the policy covers whole mounts or all paths",
      "One stolen token then opens every application's secrets.",
      "List the paths; VaultAccess.allow writes a policy for exactly these.",
    ),
    V20a: code(
      "the policy grants sudo or root",
      "These capabilities pass Vault's own protections.",
      "Remove the capability.",
    ),
    V20b: code(
      "the policy lets its holder change policies, logins or mounts",
      "Who can write these can give himself anything.",
      "Leave such paths to the deployer's own login.",
    ),
    V20c: code(
      "the policy cannot be read",
      "A policy that Vault refuses leaves its holders with nothing, and one that cannot be judged may allow anything.",
      'Write it as path "..." { capabilities = [...] }.',
    ),
  },
  check(resource, judge) {
    if (resource.type !== "vault:index/policy:Policy") return;
    const text = resource.props.get("policy");
    if (text.unknown) return judge.undetermined("V20", text);
    const body = readHcl(text.text());
    if (body === undefined) return judge.report("V20c", text);
    for (const block of blocks(body, "path")) path(text, block, judge);
  },
};

/** @param {Node} node @param {Block} block @param {Judge} judge */
function path(node, { type, body }, judge) {
  const granted = valuesOf(body, "capabilities").flatMap((value) =>
    value.kind === "list"
      ? value.items.flatMap((item) => (item.kind === "string" ? [item.text] : []))
      : [],
  );
  if (granted.every((capability) => capability === "deny")) return;
  if (WIDE.test(type)) judge.report("V20", node);
  if (granted.includes("sudo") || granted.includes("root")) judge.report("V20a", node);
  const writes = granted.some((capability) => ["create", "update", "patch"].includes(capability));
  if (writes && ESCALATING.test(type)) judge.report("V20b", node);
}
