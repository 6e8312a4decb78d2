/** Everything that talks to Vault does so over TLS, and checks whom it talks to. */

import { check } from "../engine/policy.ts";
import { containers, literalEnv, podTemplates } from "../engine/podspecs.ts";
import { walk } from "../engine/cursor.ts";
import { releasesOf } from "../engine/foreign-releases.ts";
import { blocks, strings, worstSwitch } from "../engine/vault-config.ts";
import { allConfigs, isPlainHttp, isSecureAddress } from "../engine/vault-texts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { KubeObject } from "../engine/normalise.ts";
import type { Cursor } from "../engine/cursor.ts";
import type { Body } from "../engine/hcl.ts";

const WHY =
  "A client's token and the secrets it reads would cross the network readable to anyone on it.";
const FIX =
  "Use Vault's https address; the Vault component's outputs carry it with the CA to trust.";
/** The pattern also finds names of our own with several addresses in them. */
const ADDRESS_ENV = /(^|_)(VAULT|BAO)_(\w+_)?ADDR(ESS|ESSES)?$/;
const SKIP_ENV = new Set(["VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"]);
const ADDRESS_KEYS = new Set(["api_addr", "cluster_addr", "redirect_addr", "leader_api_addr"]);
const CHART_ADDRESSES = ["global.externalVaultAddr", "injector.externalVaultAddr"];

export const vaultClientTls: Policy = {
  name: "vault-client-tls",
  title: "Vault's clients use TLS",
  description:
    "Providers, secret stores, pods and Vault itself reach Vault by https and verify its certificate.",
  severity: "critical",
  locked: true,
  tags: ["vault", "external-secrets", "tls", "required"],
  limits:
    "Variables that a container takes from a Secret or ConfigMap by reference are judged where that object is defined.",
  checks: {
    V07: check("the vault provider does not use https", WHY, FIX),
    V08: check("the secret store does not reach Vault by https", WHY, FIX),
    V09: check("a client of Vault is given an address without TLS", WHY, FIX),
    V10: check(
      "the client does not verify Vault's certificate",
      "Without verification anybody on the path can be Vault, and TLS protects nothing.",
      "Remove the switch and mount the CA that the Vault component hands out.",
    ),
  },
  checkResource(resource, judge) {
    if (resource.type === "pulumi:providers:vault") provider(resource.props, judge);
    for (const object of resource.objects) {
      store(object, judge);
      connection(object, judge);
    }
    for (const { spec, metadata } of podTemplates(resource)) {
      for (const container of containers(spec)) variables(container, judge);
      annotations(metadata.get("annotations"), judge);
    }
    for (const { node, body } of allConfigs(resource))
      if (body !== undefined) config(node, body, judge);
    for (const release of releasesOf(resource)) values(release.values, judge);
  },
};

function secure(node: Cursor, id: string, judge: Judge) {
  judge.when(id, node, (given) => !given.text().split(",").every(isSecureAddress));
}

function provider(props: Cursor, judge: Judge) {
  const address = props.get("address");
  if (address.absent) judge.report("V07", address, "the address is left to the environment");
  else secure(address, "V07", judge);
  judge.when("V10", props.get("skipTlsVerify"), (node) => node.isTrue());
}

function connection({ group, kind, root }: KubeObject, judge: Judge): void {
  if (group !== "secrets.hashicorp.com" || kind !== "VaultConnection") return;
  const spec = root.get("spec");
  secure(spec.get("address"), "V08", judge);
  judge.when("V10", spec.get("skipTLSVerify"), (node) => node.isTrue());
}

function store({ group, kind, root }: KubeObject, judge: Judge) {
  if (!group.endsWith("external-secrets.io")) return;
  const spec = root.get("spec");
  const server =
    kind === "VaultDynamicSecret" ? spec.at("provider.server") : spec.at("provider.vault.server");
  if (!server.absent) secure(server, "V08", judge);
  else if (spec.at("provider.vault").isMap)
    judge.report("V08", server, "the store names no server");
}

function variables(container: Cursor, judge: Judge) {
  for (const { name, value } of literalEnv(container)) {
    if (ADDRESS_ENV.test(name)) secure(value, "V09", judge);
    if (SKIP_ENV.has(name)) judge.when("V10", value, (node) => node.isTrue());
  }
}

function annotations(given: Cursor, judge: Judge) {
  const service = given.get("vault.hashicorp.com/service");
  if (!service.absent) secure(service, "V09", judge);
  judge.when("V10", given.get("vault.hashicorp.com/tls-skip-verify"), (node) => node.isTrue());
}

function config(node: Cursor, body: Body, judge: Judge) {
  for (const { key, text } of strings(body)) {
    if (ADDRESS_KEYS.has(key) && isPlainHttp(text)) {
      judge.report("V09", node, `the configuration's ${key} is an address without TLS`);
    }
  }
  for (const { body: vault, type } of [...blocks(body, "vault"), ...blocks(body, "storage")]) {
    for (const { key, text } of strings(vault)) {
      if (key === "address" && type === "" && isPlainHttp(text)) {
        judge.report("V09", node, "the agent's configuration names a Vault address without TLS");
      }
    }
    if (["true", "unreadable"].includes(worstSwitch(vault, "tls_skip_verify")))
      judge.report("V10", node);
  }
}

function values(given: Cursor, judge: Judge) {
  for (const node of walk(given)) {
    for (const [key, child] of node.entries()) variable(key, child, judge);
    const value = node.get("value");
    if (!value.absent) variable(node.get("name").text(), value, judge);
  }
  for (const path of CHART_ADDRESSES) {
    judge.when(
      "V09",
      given.at(path),
      (node) => node.known && node.text() !== "" && !isSecureAddress(node.text()),
    );
  }
}

function variable(name: string, value: Cursor, judge: Judge) {
  if (ADDRESS_ENV.test(name) && !value.isMap && !value.absent) secure(value, "V09", judge);
  if (SKIP_ENV.has(name)) judge.when("V10", value, (node) => node.isTrue());
  if (name === "vault.hashicorp.com/service") secure(value, "V09", judge);
  if (name === "vault.hashicorp.com/tls-skip-verify")
    judge.when("V10", value, (node) => node.isTrue());
}
