import { plaintextCredentials } from "../../../policy/rules/plaintext-credentials.ts";
import { POSTGRES, REDIS } from "../support/fixtures/databases.ts";
import { VAULT } from "../support/fixtures/vault.ts";
import { CONFIG_MAP, DEPLOYMENT, ENV, JOB } from "../support/fixtures/workloads.ts";
import { Cases, UNKNOWN } from "../support/suite.ts";

const TOKEN = `hvs.${"a".repeat(24)}`;

export const suite = new Cases(plaintextCredentials, {
  deployment: DEPLOYMENT,
  job: JOB,
  map: CONFIG_MAP,
  release: VAULT,
  cluster: POSTGRES,
  redis: REDIS,
})
  .good("a file", "deployment", { [ENV]: [{ name: "DB_PASSWORD_FILE", value: "/run/a" }] })
  .good("a reference", "deployment", {
    [ENV]: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "a" } } }],
  })
  .good("the name of a Secret", "deployment", {
    [ENV]: [{ name: "KEYS_SECRET", value: "vault-unseal-keys" }],
  })
  .good("a switch", "deployment", { [ENV]: [{ name: "USE_TOKEN", value: "true" }] })
  .good("an address", "deployment", { [ENV]: [{ name: "TARGET", value: "postgres://db:5432/a" }] })
  .good("an empty password in values", "release", { "values password": "" })
  .bad(
    "a password",
    "deployment",
    { [ENV]: [{ name: "DB_PASSWORD", value: "correct-horse" }] },
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[DB_PASSWORD]: a credential is written out.',
  )
  .bad(
    "an API key",
    "deployment",
    { [ENV]: [{ name: "INITIAL_API_KEY", value: "abc" }] },
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[INITIAL_API_KEY]: a credential is written out.',
  )
  .bad(
    "a secret that is no name",
    "deployment",
    { [ENV]: [{ name: "CLIENT_SECRET", value: "Ab3" }] },
    'S01 Deployment "shlink/shlink", spec.template.spec.containers[0].env[CLIENT_SECRET]: a credential is written out.',
  )
  .bad(
    "a password in an address",
    "deployment",
    { [ENV]: [{ name: "TARGET", value: "postgres://u:hunter22@db/a" }] },
    'V19 Deployment "shlink/shlink", spec.template.spec.containers[0].env[TARGET]: a Vault token or private key is written out.',
  )
  .bad(
    "a Vault token under any name",
    "deployment",
    { [ENV]: [{ name: "A", value: TOKEN }] },
    'V19 Deployment "shlink/shlink", spec.template.spec.containers[0].env[A]: a Vault token or private key is written out.',
  )
  .bad(
    "a token on the command line",
    "job",
    { "spec template spec containers 0 command": ["vault", "login", TOKEN] },
    'V19 Job "shlink/migration", spec.template.spec.containers[0].command[2]: a Vault token or private key is written out.',
  )
  .bad(
    "a token in an init container",
    "deployment",
    { "spec template spec initContainers": [{ args: [TOKEN] }] },
    'V19 Deployment "shlink/shlink", spec.template.spec.initContainers[0].args[0]: a Vault token or private key is written out.',
  )
  .bad(
    "a password in a ConfigMap",
    "map",
    { "data PASSWORD": "correct-horse" },
    'S01 ConfigMap "shlink/settings", data.PASSWORD: a credential is written out.',
  )
  .bad(
    "a private key in a ConfigMap",
    "map",
    { "data key.pem": "-----BEGIN RSA PRIVATE KEY-----" },
    'V19 ConfigMap "shlink/settings", data["key.pem"]: a Vault token or private key is written out.',
  )
  .bad(
    "a token in an annotation",
    "map",
    { "metadata annotations": { a: TOKEN } },
    'V19 ConfigMap "shlink/settings", metadata.annotations.a: a Vault token or private key is written out.',
  )
  .bad(
    "a password in values",
    "release",
    { "values adminPassword": "correct-horse" },
    'S01 Helm release "vault/vault" (chart vault), values.adminPassword: a credential is written out.',
  )
  .bad(
    "a token in values",
    "release",
    { "values env": [{ name: "A", value: TOKEN }] },
    'V19 Helm release "vault/vault" (chart vault), values.env[0].value: a Vault token or private key is written out.',
  )
  .bad(
    "a password in a database's container",
    "cluster",
    {
      "spec instances 0 containers": [
        { name: "a", env: [{ name: "PASSWORD", value: "correct-horse" }] },
      ],
    },
    'S01 PostgresCluster "postgres/shlink-db", spec.instances[0].containers[0].env[PASSWORD]: a credential is written out.',
  )
  .bad(
    "a password in a Redis container",
    "redis",
    {
      "spec redis extraContainers": [
        { name: "a", env: [{ name: "PASSWORD", value: "correct-horse" }] },
      ],
    },
    'S01 RedisFailover "redis/shlink-redis", spec.redis.extraContainers[0].env[PASSWORD]: a credential is written out.',
  )
  .unknown(
    "a password that is an output",
    "deployment",
    { [ENV]: [{ name: "DB_PASSWORD", value: UNKNOWN }] },
    "spec.template.spec.containers[0].env[0].value",
  );
