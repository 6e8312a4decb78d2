/** Credentials are references, not texts. */

import { check } from "../engine/policy.ts";
import { containers, embeddedContainers, literalEnv, podTemplates } from "../engine/podspecs.ts";
import { walk } from "../engine/cursor.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?|LICENSE_KEY)$/i;
const NO_SECRET = /(_FILE|_PATH|_NAME|_REF|_URL)$/i;
/** The name of a Kubernetes object, as a variable like KEYS_SECRET holds it. */
const OBJECT_NAME = /^[a-z]+(-[a-z]+)+$/;
const FORMAT =
  /\bhv[sbr]\.[A-Za-z0-9_-]{20,}|\bs\.[A-Za-z0-9]{24}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+|:\/\/[^/\s:@]+:[^/\s:@$]{3,}@/;
const KEY = /(password|passwd|token|secretkey|apikey|privatekey)$/i;

export const plaintextCredentials: Policy = {
  name: "plaintext-credentials",
  title: "No credential in plain sight",
  description:
    "Environment variables, ConfigMaps, annotations, command lines and Helm values hold no credential.",
  severity: "critical",
  tags: ["secrets"],
  limits: "A credential without a telling name or a known format looks like any other text.",
  checks: {
    S01: check(
      "a credential is written out",
      "Everybody who may read the object or the state's plain part has it.",
      "Put it into Vault with VaultAccess.write and let an ExternalSecret deliver it as a file.",
    ),
    V19: check(
      "a Vault token or private key is written out",
      "A static token neither expires nor tells who used it.",
      "Log in by Kubernetes auth.",
    ),
  },
  checkResource(resource, judge) {
    const pods = podTemplates(resource).flatMap(({ spec }) => containers(spec));
    for (const container of [...pods, ...resource.objects.flatMap(embeddedContainers)]) {
      for (const { name, value } of literalEnv(container)) variable(name, value, judge);
      for (const key of ["command", "args"])
        for (const word of container.get(key).items()) format(word, judge);
    }
    for (const { kind, group, root } of resource.objects) {
      if (kind === "ConfigMap" && group === "") {
        for (const [key, node] of root.get("data").entries()) variable(key, node, judge);
      }
      for (const [, node] of root.at("metadata.annotations").entries()) format(node, judge);
    }
    if (resource.release !== undefined) values(resource.release.values, judge);
  },
};

function variable(name: string, value: Cursor, judge: Judge) {
  if (NAME.test(name) && !NO_SECRET.test(name)) {
    const reference = /SECRET$/.test(name) && OBJECT_NAME.test(value.text());
    judge.when("S01", value, (node) => !reference && !/^(|true|false|\d{1,6})$/.test(node.text()));
  } else format(value, judge);
}

function format(node: Cursor, judge: Judge) {
  if (FORMAT.test(node.text())) judge.report("V19", node);
}

function values(tree: Cursor, judge: Judge) {
  for (const node of walk(tree)) {
    for (const [key, child] of node.entries()) {
      if (KEY.test(key) && typeof child.value === "string")
        judge.when("S01", child, (text) => text.text() !== "");
    }
    format(node, judge);
  }
}
