/** What roles may do in the database, as resources and as SQL. */

import { check } from "../engine/policy.ts";
import type { Policy, Judge } from "../engine/policy.ts";
import type { Cursor } from "../engine/cursor.ts";

const POWERS = [
  "superuser",
  "createRole",
  "createDatabase",
  "replication",
  "bypassRowLevelSecurity",
];
const POWERFUL = /\b(SUPERUSER|CREATEROLE|CREATEDB|REPLICATION|BYPASSRLS)\b/i;
const SQL =
  /\b(ALTER|CREATE)\s+(ROLE|USER)\b[^;]*\b(SUPERUSER|CREATEROLE|BYPASSRLS)\b|\bGRANT\s+ALL\b|\bWITH\s+(GRANT|ADMIN)\s+OPTION\b|\bTO\s+PUBLIC\b/i;

export const postgresGrants: Policy = {
  name: "postgres-grants",
  title: "Database roles have the least they need",
  description:
    "Grants list privileges, go to named roles, cannot be passed on, and no role is made powerful.",
  severity: "high",
  tags: ["postgres", "authorization"],
  checks: {
    D01: check(
      "all privileges are granted",
      "A stolen password then also drops tables.",
      "List the privileges; migrations need CREATE and USAGE on the schema.",
    ),
    D02: check(
      "the role is made powerful",
      "Such a role passes every grant and can make more of its kind.",
      "Use PGO's postgres user for administration and leave the switch off.",
    ),
    D03: check(
      "the grant can be passed on",
      "Who holds it decides who else gets it, unseen by this program.",
      "Remove the option and declare each grant.",
    ),
    D04: check(
      "the privilege is granted to everybody",
      "PUBLIC includes every role that will ever exist.",
      "Name the role.",
    ),
    D05: check(
      "the SQL text grants too much",
      "SQL in a ConfigMap or a user's options acts past the grants that are declared.",
      "Declare the grant as a resource, with listed privileges.",
    ),
  },
  checkResource(resource, judge) {
    const { type, props } = resource;
    if (/^postgresql:index\/(grant|defaultPrivileges|grantRole):/.test(type)) grant(props, judge);
    if (type.startsWith("postgresql:index/role:")) {
      for (const power of POWERS) judge.when("D02", props.get(power), (node) => node.isTrue());
    }
    for (const { kind, root, group } of resource.objects) {
      if (kind === "PostgresCluster") users(root, judge);
      if (kind === "ConfigMap" && group === "") sqlIn(root, judge);
    }
  },
};

function grant(props: Cursor, judge: Judge) {
  for (const privilege of props.get("privileges").items()) {
    judge.when("D01", privilege, (node) => /^all( privileges)?$/i.test(node.text().trim()));
  }
  judge.when("D03", props.get("withGrantOption"), (node) => node.isTrue());
  judge.when("D03", props.get("withAdminOption"), (node) => node.isTrue());
  judge.when("D04", props.get("role"), (node) => /^\s*"?public"?\s*$/i.test(node.text()));
}

function users(root: Cursor, judge: Judge) {
  for (const user of root.at("spec.users").items()) {
    // PGO's own administrator; the program's tunnel logs in with it.
    if (user.get("name").text() === "postgres") continue;
    judge.when("D02", user.get("options"), (node) => POWERFUL.test(node.text()));
  }
}

function sqlIn(root: Cursor, judge: Judge) {
  for (const [key, node] of root.get("data").entries()) {
    if (key.endsWith(".sql")) judge.when("D05", node, (text) => SQL.test(text.text()));
  }
}
