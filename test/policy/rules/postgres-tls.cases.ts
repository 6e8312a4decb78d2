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
  .good("provider", {
    "TLS required": { sslmode: "require" },
    "another provider": { "@type": "pulumi:providers:vault", sslmode: "disable" },
  })
  .good("deployment", { "another database": { [ENV]: [{ name: "DB_DRIVER", value: "mysql" }] } })
  .bad(
    "provider",
    'D08 pulumi:providers:postgresql "postgres", sslmode: the connection works without TLS.',
    {
      "no TLS": { sslmode: "disable" },
      "no mode": { sslmode: undefined },
    },
  )
  .bad(
    "deployment",
    'D08 Deployment "shlink/shlink", spec.template.spec.containers[0].env[PGSSLMODE]: the connection works without TLS.',
    { "a mode that gives in": { [ENV]: [{ name: "PGSSLMODE", value: "prefer" }] } },
  )
  .bad(
    "deployment",
    'D08a Deployment "shlink/shlink", spec.template.spec.containers[0].env: Shlink reaches PostgreSQL without PGSSLMODE.',
    { "no mode for Shlink": { [ENV]: [{ name: "DB_DRIVER", value: "postgres" }] } },
  )
  .bad(
    "job",
    'D08 Job "shlink/migration", spec.template.spec.containers[0].env[DATABASE_URL]: the connection works without TLS.',
    {
      "an address without TLS": {
        [ENV]: [{ name: "DATABASE_URL", value: "postgres://db/a?sslmode=disable" }],
      },
    },
  )
  .good("job", {
    "an address with TLS": {
      [ENV]: [{ name: "DATABASE_URL", value: "postgres://db/a?sslmode=verify-full" }],
    },
  })
  .good("cluster", {
    "a rule with TLS": {
      "spec authentication": { rules: [{ connection: "hostssl", method: "scram-sha-256" }] },
    },
    "a line with TLS": {
      "spec patroni": {
        dynamicConfiguration: { postgresql: { pg_hba: ["hostssl all all all scram-sha-256"] } },
      },
    },
  })
  .bad(
    "cluster",
    'D08b PostgresCluster "postgres/shlink-db", spec.authentication.rules[0].connection: the server accepts clients without TLS or without password.',
    {
      "a rule without TLS": {
        "spec authentication": { rules: [{ connection: "host", method: "scram-sha-256" }] },
      },
    },
  )
  .bad(
    "cluster",
    'D08b PostgresCluster "postgres/shlink-db", spec.authentication.rules[0].method: the server accepts clients without TLS or without password.',
    {
      "a rule without password": {
        "spec authentication": { rules: [{ connection: "hostssl", method: "trust" }] },
      },
    },
  )
  .bad(
    "cluster",
    'D08b PostgresCluster "postgres/shlink-db", spec.patroni.dynamicConfiguration.postgresql.pg_hba[0]: the server accepts clients without TLS or without password.',
    {
      "a line without TLS": {
        "spec patroni": {
          dynamicConfiguration: { postgresql: { pg_hba: ["host all all all scram-sha-256"] } },
        },
      },
    },
  )
  .unknown("provider", "sslmode", { "a mode that is an output": { sslmode: UNKNOWN } });
