/** The Vault chart: its own defaults serve plaintext, so an absent value is a bad one. */

import { check } from "../engine/policy.ts";
import { releasesOf } from "../engine/foreign-releases.ts";
import { vaultValues } from "../engine/releases.ts";
import { hasDevFlag } from "../engine/vault-dev-mode.ts";
import { blocks, plaintextListeners } from "../engine/vault-config.ts";
import { UNJUDGED } from "../engine/vault-plain.ts";
import { configsInValues, declaredConfig } from "../engine/vault-texts.ts";
import type { VaultConfig } from "../engine/vault-texts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";
import type { Body } from "../engine/hcl.ts";

const WHY =
  "Every secret of the platform would cross the cluster's network readable to anyone on it.";
const FIX =
  "Set the stack's Vault TLS setting; it gives the listener tls_cert_file and tls_key_file.";
const CONFIGS = ["server.standalone.config", "server.ha.config", "server.ha.raft.config"];

export const vaultServerTls: Policy = {
  name: "vault-server-tls",
  title: "Vault's chart serves TLS",
  description:
    "Vault's Helm release, also one that Flux, Argo CD or K3s makes, configures TLS on every listener, instead of the chart's plaintext defaults.",
  severity: "critical",
  locked: true,
  tags: ["vault", "tls", "required"],
  limits:
    "Configuration that reaches Vault by another way than the chart is the business of vault-config-tls. Defaults inside a bigger chart cannot be seen, so what is on must be configured in the release. Values that Flux, Argo CD or K3s take from elsewhere are told as not known.",
  checks: {
    V01: check("a listener has tls_disable on", WHY, FIX),
    V02: check(
      "the configuration is absent, so the chart's default with tls_disable = 1 applies",
      WHY,
      FIX,
    ),
    V03: check(
      "the chart is not told that Vault speaks TLS (its default is tlsDisable: true)",
      WHY,
      "Set global.tlsDisable to false, as the boolean; the stack's Vault TLS setting does it.",
    ),
    V11: check(UNJUDGED.what, UNJUDGED.why, UNJUDGED.fix),
    V05: check(
      "the server runs in dev mode",
      "Dev mode serves plaintext, keeps everything in memory and has a known root token.",
      "Remove server.dev and the -dev argument.",
    ),
  },
  checkResource(resource, judge) {
    const releases = releasesOf(resource);
    const charts = releases.flatMap((release) =>
      vaultValues(release).map((values) => ({
        values,
        // Pulumi reads a release's files before the policies; whatever is still missing then is absent.
        hidden: release === resource.release ? undefined : release.hidden,
      })),
    );
    const own = charts.flatMap(({ values }) => CONFIGS.map((config) => `${values.path}.${config}`));
    for (const config of configsInValues(resource)) {
      if (config.body !== undefined) listeners(config.body, config, judge);
      else if (!own.includes(config.node.path)) judge.report("V11", config.node);
    }
    for (const one of charts) chart(one, judge);
  },
};

interface Chart {
  values: Cursor;
  /** Where more values come from. */
  hidden: Cursor | undefined;
}

function chart({ values, hidden }: Chart, judge: Judge) {
  if (values.unknown) return judge.undetermined("V02", values);
  if (serverIsOff(values)) return;
  given(values, judge);
  applied({ values, hidden }, judge);
}

/** The chart renders no server when it has the address of a Vault outside. */
function serverIsOff(values: Cursor): boolean {
  const outside = ["global.externalVaultAddr", "injector.externalVaultAddr"];
  if (outside.some((path) => values.at(path).text() !== "")) return true;
  const server = values.at("server.enabled");
  if (server.value === true || server.text() === "true") return false;
  return server.isFalse() || values.at("global.enabled").isFalse();
}

/** Whatever is given must be sound, also for a mode that is off today. */
function given(values: Cursor, judge: Judge) {
  for (const path of CONFIGS) {
    const node = values.at(path);
    if (node.known) configuration(node, judge);
  }
  judge.when("V05", values.at("server.extraArgs"), (node) =>
    node.items().some((words) => hasDevFlag(words.text())),
  );
}

function configuration(node: Cursor, judge: Judge) {
  const config = declaredConfig(node, true);
  const { body } = config;
  if (body === undefined) {
    return judge.report("V01", node, "the configuration cannot be read as HCL or JSON");
  }
  listeners(body, config, judge);
  if (blocks(body, "listener").length === 0) {
    judge.report("V02", node, "the configuration names no listener");
  }
}

function listeners(body: Body, { node, plain }: VaultConfig, judge: Judge) {
  const verdicts = plaintextListeners(body);
  if (verdicts.includes("true")) judge.report("V01", node);
  else if (verdicts.length > 0) {
    judge.report("V01", node, "tls_disable has a value that Vault does not understand");
  } else if (!plain) judge.report("V11", node);
}

/** What the chart will use must be given. */
function applied({ values, hidden }: Chart, judge: Judge) {
  const when = (id: string, node: Cursor, bad: (node: Cursor) => boolean) => {
    if (node.absent && hidden !== undefined) judge.undetermined(id, hidden);
    else judge.when(id, node, bad);
  };
  when("V03", values.at("global.tlsDisable"), ({ value }) => value !== false && value !== null);
  judge.when("V05", values.at("server.dev.enabled"), (node) => node.isTrue());
  const highAvailability = values.at("server.ha.enabled");
  const raft = values.at("server.ha.raft.enabled");
  if (highAvailability.unknown) return judge.undetermined("V02", highAvailability);
  if (raft.unknown) return judge.undetermined("V02", raft);
  // The chart takes raft's configuration also where high availability is off.
  const mode = raft.isTrue() ? 2 : highAvailability.isTrue() ? 1 : 0;
  when(
    "V02",
    values.at(CONFIGS[mode] ?? ""),
    (node) => node.absent || (node.text().trim() === "" && !node.isMap),
  );
}
