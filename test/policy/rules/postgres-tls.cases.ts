import { postgresTls } from "../../../policy/rules/postgres-tls.ts";
import { POSTGRES } from "../support/fixtures/databases.ts";
import { DEPLOYMENT, ENV, JOB } from "../support/fixtures/workloads.ts";
import { Cases, type Fixture, UNKNOWN } from "../support/suite.ts";

const PROVIDER: Fixture = {
  type: "pulumi:providers:postgresql",
  name: "postgres",
  props: { host: "127.0.0.1", sslmode: "verify-ca" },
};

export const suite = new Cases(postgresTls, {
  provider: PROVIDER,
  deployment: DEPLOYMENT,
  job: JOB,
  cluster: POSTGRES,
})
  .good("TLS required", "provider", { sslmode: "require" })
  .good("another provider", "provider", { "@type": "pulumi:providers:vault", sslmode: "disable" })
  .good("another database", "deployment", { [ENV]: [{ name: "DB_DRIVER", value: "mysql" }] })
  .bad(
    "no TLS",
    "provider",
    { sslmode: "disable" },
    'D08 pulumi:providers:postgresql "postgres", sslmode: the connection works without TLS.',
  )
  .bad(
    "no mode",
    "provider",
    { sslmode: undefined },
    'D08 pulumi:providers:postgresql "postgres", sslmode: the connection works without TLS.',
  )
  .bad(
    "a mode that gives in",
    "deployment",
    { [ENV]: [{ name: "PGSSLMODE", value: "prefer" }] },
    'D08 Deployment "shlink/shlink", spec.template.spec.containers[0].env[PGSSLMODE]: the connection works without TLS.',
  )
  .bad(
    "no mode for Shlink",
    "deployment",
    { [ENV]: [{ name: "DB_DRIVER", value: "postgres" }] },
    'D08a Deployment "shlink/shlink", spec.template.spec.containers[0].env: Shlink reaches PostgreSQL without PGSSLMODE.',
  )
  .bad(
    "an address without TLS",
    "job",
    { [ENV]: [{ name: "DATABASE_URL", value: "postgres://db/a?sslmode=disable" }] },
    'D08 Job "shlink/migration", spec.template.spec.containers[0].env[DATABASE_URL]: the connection works without TLS.',
  )
  .good("an address with TLS", "job", {
    [ENV]: [{ name: "DATABASE_URL", value: "postgres://db/a?sslmode=verify-full" }],
  })
  .good("a rule with TLS", "cluster", {
    "spec authentication": { rules: [{ connection: "hostssl", method: "scram-sha-256" }] },
  })
  .bad(
    "a rule without TLS",
    "cluster",
    { "spec authentication": { rules: [{ connection: "host", method: "scram-sha-256" }] } },
    'D08b PostgresCluster "postgres/shlink-db", spec.authentication.rules[0].connection: the server accepts clients without TLS or without password.',
  )
  .bad(
    "a rule without password",
    "cluster",
    { "spec authentication": { rules: [{ connection: "hostssl", method: "trust" }] } },
    'D08b PostgresCluster "postgres/shlink-db", spec.authentication.rules[0].method: the server accepts clients without TLS or without password.',
  )
  .good("a line with TLS", "cluster", {
    "spec patroni": {
      dynamicConfiguration: { postgresql: { pg_hba: ["hostssl all all all scram-sha-256"] } },
    },
  })
  .bad(
    "a line without TLS",
    "cluster",
    {
      "spec patroni": {
        dynamicConfiguration: { postgresql: { pg_hba: ["host all all all scram-sha-256"] } },
      },
    },
    'D08b PostgresCluster "postgres/shlink-db", spec.patroni.dynamicConfiguration.postgresql.pg_hba[0]: the server accepts clients without TLS or without password.',
  )
  .unknown("a mode that is an output", "provider", { sslmode: UNKNOWN }, "sslmode");
