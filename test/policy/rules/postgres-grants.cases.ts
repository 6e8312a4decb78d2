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
  .good("cluster", {
    "PGO's own administrator": { "spec users 1 options": "SUPERUSER" },
    "options that only limit": { "spec users 0 options": "NOINHERIT" },
  })
  .good("sql", { "prose about SQL": { "data a.txt": "GRANT ALL is bad" } })
  .bad(
    "grant",
    'D01 postgresql:index/grant:Grant "db-schema", privileges[0]: all privileges are granted.',
    { "all privileges": { privileges: ["ALL"] } },
  )
  .bad(
    "grant",
    'D01 postgresql:index/defaultPrivileges:DefaultPrivileges "db-schema", privileges[0]: all privileges are granted.',
    {
      "all privileges by default": {
        "@type": "postgresql:index/defaultPrivileges:DefaultPrivileges",
        privileges: ["all privileges"],
      },
    },
  )
  .bad(
    "grant",
    'D03 postgresql:index/grant:Grant "db-schema", withGrantOption: the grant can be passed on.',
    { "an option to pass it on": { withGrantOption: true } },
  )
  .bad(
    "grant",
    'D03 postgresql:index/grantRole:GrantRole "db-schema", withAdminOption: the grant can be passed on.',
    {
      "an option to pass a role on": {
        "@type": "postgresql:index/grantRole:GrantRole",
        withAdminOption: true,
      },
    },
  )
  .bad(
    "grant",
    'D04 postgresql:index/grant:Grant "db-schema", role: the privilege is granted to everybody.',
    { everybody: { role: "PUBLIC" } },
  )
  .bad("role", 'D02 postgresql:index/role:Role "app", superuser: the role is made powerful.', {
    "a superuser": { superuser: true },
  })
  .bad("role", 'D02 postgresql:index/role:Role "app", createRole: the role is made powerful.', {
    "a maker of roles": { createRole: true },
  })
  .bad(
    "cluster",
    'D02 PostgresCluster "postgres/shlink-db", spec.users[0].options: the role is made powerful.',
    { "a powerful user": { "spec users 0 options": "CREATEDB" } },
  )
  .bad("sql", 'D05 ConfigMap "shlink/settings", data["init.sql"]: the SQL text grants too much.', {
    "SQL that grants all": { "data init.sql": "grant all on a to b;" },
    "SQL that makes a superuser": { "data init.sql": "ALTER USER shlink WITH SUPERUSER;" },
  })
  .unknown("grant", "privileges[0]", {
    "a privilege that is an output": { privileges: [UNKNOWN] },
  });
