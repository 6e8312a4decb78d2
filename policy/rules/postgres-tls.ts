/** Clients of the database use TLS and check whom they talk to. */

import { check } from "../engine/policy.ts";
import { containers, literalEnv, podTemplates } from "../engine/podspecs.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const WEAK = ["", "disable", "allow", "prefer"];

export const postgresTls: Policy = {
  name: "postgres-tls",
  title: "Connections to the database use TLS",
  description:
    "The provider, Shlink and the server's own rules demand TLS for every database connection.",
  severity: "high",
  tags: ["postgres", "tls"],
  checks: {
    D08: check(
      "the connection works without TLS",
      "The password and every visit cross the network readable; prefer falls back silently.",
      "Use verify-full, or verify-ca through the tunnel, with the cluster's CA.",
    ),
    D08a: check(
      "Shlink reaches PostgreSQL without PGSSLMODE",
      "Shlink's own switch never reaches the driver, which then only prefers TLS.",
      "Set PGSSLMODE and PGSSLROOTCERT; the environment component does.",
    ),
    D08b: check(
      "the server accepts clients without TLS or without password",
      "One such rule is enough for whoever reaches the port.",
      "Use hostssl with scram-sha-256; PGO's defaults do.",
    ),
  },
  checkResource({ type, props, objects, ...rest }, judge) {
    if (type === "pulumi:providers:postgresql") {
      judge.when("D08", props.get("sslmode"), (node) => WEAK.includes(node.text()));
    }
    for (const { spec } of podTemplates({ type, props, objects, ...rest })) {
      for (const container of containers(spec)) environment(container, judge);
    }
    for (const { kind, root } of objects) if (kind === "PostgresCluster") rules(root, judge);
  },
};

function environment(container: Cursor, judge: Judge) {
  const given = literalEnv(container);
  const mode = given.find(({ name }) => name === "PGSSLMODE");
  if (mode !== undefined) judge.when("D08", mode.value, (node) => WEAK.includes(node.text()));
  const driver = given.find(({ name }) => name === "DB_DRIVER");
  const postgres = driver !== undefined && /^(postgres|pgsql)/.test(driver.value.text());
  if (postgres && mode === undefined) judge.report("D08a", container.get("env"));
  for (const { name, value } of given) {
    if (/(DATABASE_URL|DSN)$/.test(name))
      judge.when("D08", value, (node) => /sslmode=(disable|allow|prefer)/.test(node.text()));
  }
}

function rules(root: Cursor, judge: Judge) {
  const spec = root.get("spec");
  const dynamic = spec.at("patroni.dynamicConfiguration.postgresql.pg_hba").items();
  for (const line of dynamic)
    judge.when("D08b", line, (node) => /^\s*host(nossl)?\s|\b(trust|md5)\s*$/.test(node.text()));
  for (const rule of spec.at("authentication.rules").items()) {
    judge.when("D08b", rule.get("connection"), (node) =>
      ["host", "hostnossl"].includes(node.text()),
    );
    judge.when("D08b", rule.get("method"), (node) => ["trust", "md5"].includes(node.text()));
  }
}
