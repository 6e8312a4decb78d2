/** Vault configuration outside the chart's values: objects, variables, command lines, operators. */

import { check } from "../engine/policy.ts";
import { walk } from "../engine/cursor.ts";
import { releasesOf } from "../engine/foreign-releases.ts";
import { containers, podTemplates } from "../engine/podspecs.ts";
import { plaintextListeners } from "../engine/vault-config.ts";
import {
  configsInCommands,
  configsInData,
  configVariables,
  declaredConfig,
} from "../engine/vault-texts.ts";
import { isVaultImage, scriptStartsDevServer, startsDevServer } from "../engine/vault-dev-mode.ts";
import { UNJUDGED } from "../engine/vault-plain.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { VaultConfig } from "../engine/vault-texts.ts";
import type { KubeObject, Resource } from "../engine/normalise.ts";
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
      scripts(object, judge);
      for (const config of configsInData(object)) judgePossible("V04", config, judge);
      if (object.group === "vault.banzaicloud.com" && object.kind === "Vault") {
        const config = object.root.at("spec.config");
        if (!config.absent) judgeNode("V06", config, judge);
      }
    }
    for (const node of configVariables(resource)) judgeNode("V05", node, judge);
    for (const config of configsInCommands(resource)) judgePossible("V05", config, judge);
    for (const container of allContainers(resource)) devMode(container, judge);
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

function scripts(object: KubeObject, judge: Judge) {
  if (object.group !== "" || object.kind !== "ConfigMap") return;
  for (const [key, node] of object.root.get("data").entries()) {
    if (/\.(md|txt)$/i.test(key) || !scriptStartsDevServer(node.text())) continue;
    judge.report("V05", node, "the script starts a Vault dev server");
  }
}

/** Containers of pods, and those that a chart is given for its pods. */
function allContainers(resource: Resource): Cursor[] {
  const ofPods = podTemplates(resource).flatMap(({ spec }) => containers(spec));
  const ofValues = releasesOf(resource).flatMap(({ values }) =>
    [...walk(values)].flatMap((node) =>
      node
        .entries()
        .filter(([key]) => /containers$/i.test(key))
        .flatMap(([, list]) => list.items().filter((item) => item.isMap)),
    ),
  );
  return [...ofPods, ...ofValues];
}

function devMode(container: Cursor, judge: Judge) {
  const words = [...container.get("command").items(), ...container.get("args").items()];
  const args = container.get("args");
  if (startsDevServer(words.map((word) => word.text()).join(" ")))
    judge.report("V05", args, "the command line starts a Vault dev server");
  if (words.length === 0 && isVaultImage(container.get("image").text())) {
    const detail = "the image starts a Vault dev server when no arguments are given";
    judge.report("V05", args, detail);
  }
}
