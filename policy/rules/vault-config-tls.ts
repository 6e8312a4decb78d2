/** Vault configuration outside the chart's values: objects, variables, command lines, operators. */

import { check } from "../engine/policy.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import { plaintextListeners } from "../engine/vault-config.ts";
import {
  configsInCommands,
  configsInData,
  configVariables,
  declaredConfig,
} from "../engine/vault-texts.ts";
import { UNJUDGED } from "../engine/vault-plain.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { VaultConfig } from "../engine/vault-texts.ts";
import type { Cursor } from "../engine/cursor.ts";

const WHY =
  "Every secret of the platform would cross the cluster's network readable to anyone on it.";
const FIX = "Remove tls_disable and give the listener tls_cert_file and tls_key_file.";

export const vaultConfigTls: Policy = {
  name: "vault-config-tls",
  title: "No Vault configuration turns TLS off",
  description:
    "No ConfigMap, Secret, variable, command line or custom resource carries a plaintext Vault listener.",
  severity: "critical",
  locked: true,
  tags: ["vault", "tls", "required"],
  limits:
    "A file that an image already contains, or that a script assembles word by word, cannot be seen.",
  checks: {
    V04: check("the text configures a Vault listener with tls_disable on", WHY, FIX),
    V05: check("the container runs Vault with a plaintext listener", WHY, FIX),
    V11: check(UNJUDGED.what, UNJUDGED.why, UNJUDGED.fix),
    V06: check("the Vault resource configures a listener with tls_disable on", WHY, FIX),
  },
  checkResource(resource, judge) {
    for (const object of resource.objects) {
      for (const config of configsInData(object)) judgePossible("V04", config, judge);
      if (object.group === "vault.banzaicloud.com" && object.kind === "Vault") {
        const config = object.root.at("spec.config");
        if (!config.absent) judgeNode("V06", config, judge);
      }
    }
    for (const node of configVariables(resource)) judgeNode("V05", node, judge);
    for (const config of configsInCommands(resource)) judgePossible("V05", config, judge);
    for (const { spec } of podTemplates(resource)) {
      for (const container of containers(spec)) devMode(container, judge);
    }
  },
};

function judgeNode(id: string, node: Cursor, judge: Judge) {
  if (node.unknown) judge.undetermined(id, node);
  else judgeConfig(id, declaredConfig(node), judge);
}

function judgePossible(id: string, config: VaultConfig, judge: Judge) {
  if (config.body === undefined) judge.report("V11", config.node);
  else judgeConfig(id, config, judge);
}

function judgeConfig(id: string, { node, body, plain }: VaultConfig, judge: Judge) {
  if (body === undefined) {
    return judge.report(id, node, "the Vault configuration cannot be read as HCL or JSON");
  }
  const verdicts = plaintextListeners(body);
  if (verdicts.includes("true")) judge.report(id, node);
  else if (verdicts.length > 0) {
    judge.report(id, node, "tls_disable has a value that Vault does not understand");
  } else if (!plain) judge.report("V11", node);
}

/** Vault's image starts a dev server when it is told nothing else. */
function devMode(container: Cursor, judge: Judge) {
  const words = [...container.get("command").items(), ...container.get("args").items()];
  const line = words.map((word) => word.text()).join(" ");
  if (
    /(^|[\s/])(vault|bao|server)\b/.test(line) &&
    /\s-?-dev([\s=]|$)/.test(line) &&
    !/-dev-tls/.test(line)
  ) {
    judge.report("V05", container.get("args"), "the command line starts a Vault dev server");
  }
  const image = container.get("image").text();
  if (
    words.length === 0 &&
    /(^|\/)(hashicorp\/vault|vault|openbao\/openbao|openbao)([:@]|$)/.test(image)
  ) {
    judge.report(
      "V05",
      container.get("args"),
      "the image starts a Vault dev server when no arguments are given",
    );
  }
}
