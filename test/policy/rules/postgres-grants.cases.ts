import { postgresGrants } from "../../../policy/rules/postgres-grants.ts";
import { POSTGRES } from "../support/fixtures/databases.ts";
import { CONFIG_MAP } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const GRANT: Fixture = {
  type: "postgresql:index/grant:Grant",
  name: "db-schema",
  props: {
    database: "shlink",
    role: "shlink",
    schema: "public",
    objectType: "schema",
    privileges: ["CREATE", "USAGE"],
  },
};
const DB_ROLE: Fixture = {
  type: "postgresql:index/role:Role",
  name: "app",
  props: { name: "app", login: true },
};
const SQL: Fixture = {
  ...CONFIG_MAP,
  props: { ...CONFIG_MAP.props, data: { "init.sql": "CREATE TABLE a (b int);" } },
};

export const suite = new Cases(postgresGrants, {
  grant: GRANT,
  role: DB_ROLE,
  cluster: POSTGRES,
  sql: SQL,
})
  .good("PGO's own administrator", "cluster", { "spec users 1 options": "SUPERUSER" })
  .good("options that only limit", "cluster", { "spec users 0 options": "NOINHERIT" })
  .good("prose about SQL", "sql", { "data a.txt": "GRANT ALL is bad" })
  .bad(
    "all privileges",
    "grant",
    { privileges: ["ALL"] },
    'D01 postgresql:index/grant:Grant "db-schema", privileges[0]: all privileges are granted.',
  )
  .bad(
    "all privileges by default",
    "grant",
    {
      "@type": "postgresql:index/defaultPrivileges:DefaultPrivileges",
      privileges: ["all privileges"],
    },
    'D01 postgresql:index/defaultPrivileges:DefaultPrivileges "db-schema", privileges[0]: all privileges are granted.',
  )
  .bad(
    "an option to pass it on",
    "grant",
    { withGrantOption: true },
    'D03 postgresql:index/grant:Grant "db-schema", withGrantOption: the grant can be passed on.',
  )
  .bad(
    "an option to pass a role on",
    "grant",
    { "@type": "postgresql:index/grantRole:GrantRole", withAdminOption: true },
    'D03 postgresql:index/grantRole:GrantRole "db-schema", withAdminOption: the grant can be passed on.',
  )
  .bad(
    "everybody",
    "grant",
    { role: "PUBLIC" },
    'D04 postgresql:index/grant:Grant "db-schema", role: the privilege is granted to everybody.',
  )
  .bad(
    "a superuser",
    "role",
    { superuser: true },
    'D02 postgresql:index/role:Role "app", superuser: the role is made powerful.',
  )
  .bad(
    "a maker of roles",
    "role",
    { createRole: true },
    'D02 postgresql:index/role:Role "app", createRole: the role is made powerful.',
  )
  .bad(
    "a powerful user",
    "cluster",
    { "spec users 0 options": "CREATEDB" },
    'D02 PostgresCluster "postgres/shlink-db", spec.users[0].options: the role is made powerful.',
  )
  .bad(
    "SQL that grants all",
    "sql",
    { "data init.sql": "grant all on a to b;" },
    'D05 ConfigMap "shlink/settings", data["init.sql"]: the SQL text grants too much.',
  )
  .bad(
    "SQL that makes a superuser",
    "sql",
    { "data init.sql": "ALTER USER shlink WITH SUPERUSER;" },
    'D05 ConfigMap "shlink/settings", data["init.sql"]: the SQL text grants too much.',
  )
  .unknown("a privilege that is an output", "grant", { privileges: [UNKNOWN] }, "privileges[0]");
