/** A Vault server that loses nothing and gives nothing away. */

import { check } from "../engine/policy.ts";
import { isVaultChart } from "../engine/releases.ts";
import {
  blocks,
  networkListeners,
  strings,
  valuesOf,
  worstSwitch,
} from "../engine/vault-config.ts";
import { allConfigs } from "../engine/vault-texts.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Body } from "../engine/hcl.ts";
import type { Cursor } from "../engine/cursor.ts";

const CREDENTIALS =
  /^(token|password|secret_key|access_key|client_secret|credentials|connection_url|secret_id)$/;
/** Metrics are left out: to a token only the unsealed and active server answers, so nobody would see that one is sealed. */
const UNAUTHENTICATED = [
  ["profiling", "unauthenticated_pprof_access"],
  ["inflight_requests_logging", "unauthenticated_in_flight_requests_access"],
];

export const vaultServerHardening: Policy = {
  name: "vault-server-hardening",
  title: "Vault survives and keeps to itself",
  description:
    "Vault stores its data on a raft of at least three, offers current TLS only, and its configuration holds no credential.",
  severity: "high",
  tags: ["vault"],
  checks: {
    V12: check(
      "Vault does not run on a raft of three or five servers",
      "File and memory storage cannot fail over, and an even number adds a server without adding a vote.",
      "Set the stack's vault.replicas to 3 or 5; the component configures raft.",
      "mandatory",
      "off",
    ),
    V13: check(
      "the configuration contains a credential",
      "It lies in a ConfigMap that many may read.",
      "Give it to Vault by a variable from a Secret, or use the platform's own identity.",
    ),
    V14: check(
      "the listener accepts TLS older than 1.2",
      "The old versions are broken.",
      'Set tls_min_version to "tls12" or leave it out.',
    ),
    V16: check(
      "the listener answers diagnostic requests without a token",
      "Profiles show memory, and requests in flight show paths.",
      "Remove the switch and ask with a token.",
      "advisory",
    ),
    V17: check(
      "the raw storage endpoint is on",
      "It reads and writes encrypted storage past every policy.",
      "Remove raw_storage_endpoint.",
    ),
  },
  checkResource(resource, judge) {
    for (const { node, body } of allConfigs(resource))
      if (body !== undefined) configuration(node, body, judge);
    const { release } = resource;
    if (release === undefined || !isVaultChart(release)) return;
    const server = release.values.get("server");
    if (server.get("enabled").isFalse()) return;
    replicas(server.get("ha"), judge);
  },
};

function replicas(ha: Cursor, judge: Judge) {
  judge.when(
    "V12",
    ha.get("enabled"),
    (node) => !node.isTrue() && "Vault runs as a single server without failover",
  );
  if (!ha.get("enabled").isTrue()) return;
  // The chart's default is three.
  judge.when("V12", ha.get("replicas"), (node) => {
    const count = node.absent ? 3 : node.number();
    return count === undefined || count < 3 || count % 2 === 0;
  });
}

function configuration(node: Cursor, body: Body, judge: Judge) {
  const stores = [...blocks(body, "storage"), ...blocks(body, "backend")];
  if (stores.some(({ type }) => ["file", "inmem", "inmem_ha"].includes(type))) {
    judge.report("V12", node, "the storage is a file or memory");
  }
  for (const { body: inner } of [...stores, ...blocks(body, "seal")]) {
    for (const { key, text } of strings(inner)) {
      if (CREDENTIALS.test(key) && text !== "")
        judge.report("V13", node, `the configuration contains a credential under ${key}`);
    }
  }
  if (["true", "unreadable"].includes(worstSwitch(body, "raw_storage_endpoint")))
    judge.report("V17", node);
  for (const { body: listener } of networkListeners(body)) listens(node, listener, judge);
}

function listens(node: Cursor, listener: Body, judge: Judge) {
  const versions = valuesOf(listener, "tls_min_version");
  if (versions.some((value) => value.kind === "string" && /^tls1[01]$/.test(value.text)))
    judge.report("V14", node);
  for (const [block = "", key = ""] of UNAUTHENTICATED) {
    const open = blocks(listener, block).some(({ body }) => worstSwitch(body, key) === "true");
    if (open) judge.report("V16", node);
  }
}
