/** Vault policies grant what is needed. */

import { check } from "../engine/policy.ts";
import { readHcl } from "../engine/hcl.ts";
import { blocks, valuesOf } from "../engine/vault-config.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Block } from "../engine/vault-config.ts";
import type { Cursor } from "../engine/cursor.ts";

const WIDE = /^(\*|\+\/\*|\+|(sys|auth|identity|secret|secret\/(data|metadata))\/\*)$/;
const ESCALATING =
  /^(sys\/(policy|policies|mounts|auth|seal|raw|rotate|generate-root)|auth\/token\/create|identity\/)/;

export const vaultPolicies: Policy = {
  name: "vault-policies",
  title: "Vault policies are narrow",
  description:
    "No Vault policy covers everything, grants sudo, or lets its holder grant itself more.",
  severity: "high",
  tags: ["vault", "authorization"],
  checks: {
    V20: check(
      "the policy covers whole mounts or all paths",
      "One stolen token then opens every application's secrets.",
      "List the paths; VaultAccess.allow writes a policy for exactly these.",
    ),
    V20a: check(
      "the policy grants sudo or root",
      "These capabilities pass Vault's own protections.",
      "Remove the capability.",
    ),
    V20b: check(
      "the policy lets its holder change policies, logins or mounts",
      "Who can write these can give himself anything.",
      "Leave such paths to the deployer's own login.",
    ),
    V20c: check(
      "the policy cannot be read",
      "A policy that Vault refuses leaves its holders with nothing, and one that cannot be judged may allow anything.",
      'Write it as path "..." { capabilities = [...] }.',
    ),
  },
  checkResource(resource, judge) {
    if (resource.type !== "vault:index/policy:Policy") return;
    const text = resource.props.get("policy");
    if (text.unknown) return judge.undetermined("V20", text);
    const body = readHcl(text.text());
    if (body === undefined) return judge.report("V20c", text);
    for (const block of blocks(body, "path")) path(text, block, judge);
  },
};

function path(node: Cursor, { type, body }: Block, judge: Judge) {
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
