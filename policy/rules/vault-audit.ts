/** Somebody can tell afterwards who read what. */

import { check } from "../engine/policy.ts";
import { isVaultChart } from "../engine/releases.ts";
import { blocks } from "../engine/vault-config.ts";
import { allConfigs } from "../engine/vault-texts.ts";
import type { Policy } from "../engine/policy.ts";
import type { Resource } from "../engine/normalise.ts";

export const vaultAudit: Policy = {
  name: "vault-audit",
  title: "Vault keeps an audit log",
  description:
    "A Vault server of this stack has an audit device, and no device writes secrets in clear.",
  severity: "medium",
  tags: ["vault", "audit"],
  checks: {
    V15: check(
      "Vault has no audit device",
      "Without one nobody can tell which secrets a stolen token has read.",
      "Declare an audit device in the server's configuration, or add a vault.Audit resource.",
      "advisory",
      "off",
    ),
    V15a: check(
      "the audit device writes values in clear",
      "The log then holds every secret.",
      "Remove log_raw, and keep hmac_accessor on.",
    ),
  },
  checkStack(resources, judge) {
    const devices = resources.filter(({ type }) => type === "vault:index/audit:Audit");
    for (const { props } of devices) {
      judge.when("V15a", props.at("options.log_raw"), (node) => node.isTrue());
      judge.when("V15a", props.at("options.hmac_accessor"), (node) => node.isFalse());
    }
    if (devices.length > 0 || resources.some(declaresDevice)) return;
    for (const { release } of resources) {
      if (release === undefined || !isVaultChart(release)) continue;
      if (!release.values.at("server.enabled").isFalse()) judge.report("V15", release.props);
    }
  },
};

function declaresDevice(resource: Resource) {
  return allConfigs(resource).some(
    ({ body }) => body !== undefined && blocks(body, "audit").length > 0,
  );
}
